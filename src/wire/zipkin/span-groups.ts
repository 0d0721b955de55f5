import type { Buffer } from 'node:buffer';
import { ProtobufWriter } from '../protobuf/writer.ts';
import type { TagFields } from './tag-status.ts';
import type { ZipkinEndpoint } from './endpoint.ts';

/** Spans of one service and scope: in OTLP, one ResourceSpans with one ScopeSpans. */
interface SpanGroup {
  readonly service: string;
  readonly scopeName: string;
  readonly scopeVersion: string;
  /** Starts and ends of runs of its spans among all spans, by turns. */
  readonly runs: number[];
}

/** Bytes of a group beside its spans and names. */
const GROUP_BYTES = 64;
const VARINTS_BYTES = 16;

/**
 * Sorts spans, which lie one after the other in the order they came, by service and scope. Most
 * requests have one of each, so a look at the name before is nearly always enough.
 */
export class SpanGroups {
  private readonly text: Buffer;
  private readonly groups = new Map<string, SpanGroup>();
  private current: SpanGroup | undefined;
  /** Of the span before. */
  private key = new Uint32Array(6);

  constructor(text: Buffer) {
    this.text = text;
  }

  /** Books the span that starts at `start`; a span without a service has none in its resource. */
  add(start: number, service: ZipkinEndpoint, tags: TagFields): void {
    if (this.current !== undefined && this.isAsBefore(service, tags)) return;
    this.remember(service, tags);
    const group = this.find();
    if (group === this.current) return;
    this.current?.runs.push(start);
    group.runs.push(start);
    this.current = group;
  }

  /** TracesData { 1 resource_spans { 1 resource, 2 scope_spans { 1 scope, 2 spans } } }. */
  assemble(spans: Uint8Array): Uint8Array {
    this.current?.runs.push(spans.length);
    const writer = new ProtobufWriter(spans.length + GROUP_BYTES * (1 + this.groups.size));
    for (const group of this.groups.values()) {
      const resource = resourceOf(group);
      const scope = scopeOf(group);
      const scopeSpansSize = scope.length + sizeOf(group);
      const head = new ProtobufWriter(VARINTS_BYTES);
      head.lengthPrefix(2, scopeSpansSize);
      const scopeSpansHead = head.written();
      writer.lengthPrefix(1, resource.length + scopeSpansHead.length + scopeSpansSize);
      writer.raw(resource);
      writer.raw(scopeSpansHead);
      writer.raw(scope);
      for (let at = 0; at < group.runs.length; at += 2) {
        writer.raw(spans.subarray(group.runs[at], group.runs[at + 1]));
      }
    }
    return writer.take();
  }

  private isAsBefore(service: ZipkinEndpoint, tags: TagFields): boolean {
    return (
      this.isRange(0, service.nameStart, service.nameStop) &&
      this.isRange(2, tags.scopeNameStart, tags.scopeNameStop) &&
      this.isRange(4, tags.scopeVersionStart, tags.scopeVersionStop)
    );
  }

  private isRange(index: number, start: number, stop: number): boolean {
    const { key, text } = this;
    const before = key[index] ?? 0;
    if ((key[index + 1] ?? 0) - before !== stop - start) return false;
    if (before === start) return true;
    for (let at = 0; at < stop - start; at += 1) {
      if (text[before + at] !== text[start + at]) return false;
    }
    return true;
  }

  private remember(service: ZipkinEndpoint, tags: TagFields): void {
    this.key[0] = service.nameStart;
    this.key[1] = service.nameStop;
    this.key[2] = tags.scopeNameStart;
    this.key[3] = tags.scopeNameStop;
    this.key[4] = tags.scopeVersionStart;
    this.key[5] = tags.scopeVersionStop;
  }

  private find(): SpanGroup {
    const [service = '', scopeName = '', scopeVersion = ''] = [0, 2, 4].map((index) =>
      this.text.toString('utf8', this.key[index], this.key[index + 1]),
    );
    const key = JSON.stringify([service, scopeName, scopeVersion]);
    let group = this.groups.get(key);
    if (group === undefined) {
      group = { service, scopeName, scopeVersion, runs: [] };
      this.groups.set(key, group);
    }
    return group;
  }
}

/** Bytes of its spans. */
function sizeOf({ runs }: SpanGroup): number {
  return runs.reduce((sum, offset, index) => (index % 2 === 0 ? sum - offset : sum + offset), 0);
}

function resourceOf({ service }: SpanGroup): Uint8Array {
  const writer = new ProtobufWriter(GROUP_BYTES);
  if (service === '') return writer.written();
  const resource = writer.beginMessage(1);
  const attribute = writer.beginMessage(1);
  writer.string(1, 'service.name');
  const value = writer.beginMessage(2);
  writer.string(1, service);
  writer.endMessage(value);
  writer.endMessage(attribute);
  writer.endMessage(resource);
  return writer.written();
}

function scopeOf({ scopeName, scopeVersion }: SpanGroup): Uint8Array {
  const writer = new ProtobufWriter(GROUP_BYTES);
  if (scopeName === '' && scopeVersion === '') return writer.written();
  const scope = writer.beginMessage(1);
  if (scopeName !== '') writer.string(1, scopeName);
  if (scopeVersion !== '') writer.string(2, scopeVersion);
  writer.endMessage(scope);
  return writer.written();
}
