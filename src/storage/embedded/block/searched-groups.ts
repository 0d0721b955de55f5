import type { Buffer } from 'node:buffer';
import { decodeKeyValue } from '../../../wire/otlp/decode-value.ts';
import { ProtobufReader } from '../../../wire/protobuf/reader.ts';
import { messageHas, readable } from './attribute-search.ts';
import type { AttributeCondition } from '../../../model/trace-query.ts';
import type { DictionaryPageRef } from './block-format.ts';
import type { BlockPages } from './block-pages.ts';
import type { DictionaryPage } from './dictionary-page.ts';
import { NO_GROUP, readGroup } from './group-table.ts';
import type { Group } from './group-table.ts';

/** Fields of Resource and InstrumentationScope. */
export const RESOURCE_ATTRIBUTES = 1;
export const SCOPE_ATTRIBUTES = 3;

/** The resources, or the scopes, of a block as searches look at them. */
export interface SearchedGroups {
  readonly groups: readonly Group[];
  /** Whether some group has an attribute of this key. */
  hasKey(key: string): boolean;
  /** Of each group, whether an attribute of it matches. */
  having(condition: AttributeCondition): readonly boolean[];
}

interface GroupsPage {
  readonly groups: readonly Group[];
  readonly keys: ReadonlySet<string>;
}

/** Reads groups of a block, once as long as their pages stay in the cache. */
export class GroupSearch {
  private readonly pages: BlockPages;
  /** Of attributes, in the message of a group. */
  private readonly attributeField: number;
  private readonly known = new WeakMap<DictionaryPage, GroupsPage>();

  constructor(pages: BlockPages, attributeField: number) {
    this.pages = pages;
    this.attributeField = attributeField;
  }

  /** Of a damaged page the groups are empty. */
  read(refs: readonly DictionaryPageRef[]): SearchedGroups {
    const { attributeField } = this;
    const parts = refs.map((ref) => this.page(ref));
    const groups =
      parts.length === 1 ? (parts[0]?.groups ?? []) : parts.flatMap((part) => part.groups);
    const hasKey = (key: string): boolean => parts.some(({ keys }) => keys.has(key));
    return {
      groups,
      hasKey,
      having: (condition) =>
        hasKey(condition.key)
          ? groups.map(({ message }) => messageHas(message, attributeField, condition))
          : [],
    };
  }

  private page(ref: DictionaryPageRef): GroupsPage {
    const page = readable(() => this.pages.dictionaryPage(ref));
    if (page === undefined) {
      return { groups: Array.from({ length: ref.count }, () => NO_GROUP), keys: new Set() };
    }
    let known = this.known.get(page);
    if (known === undefined) {
      const groups = Array.from({ length: ref.count }, (_, code) =>
        readGroup(page.bytes.subarray(page.starts[code], page.starts[code + 1])),
      );
      known = { groups, keys: keysOf(groups, this.attributeField) };
      this.known.set(page, known);
    }
    return known;
  }
}

function keysOf(groups: readonly Group[], attributeField: number): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { message } of groups) eachKey(message, attributeField, (key) => keys.add(key));
  return keys;
}

function eachKey(message: Buffer, attributeField: number, visit: (key: string) => void): void {
  const reader = new ProtobufReader(message);
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag === ((attributeField << 3) | 2)) visit(decodeKeyValue(reader).key);
    else reader.skip(tag);
  }
}
