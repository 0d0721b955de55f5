import './json-value.css';
import { ChevronRight } from 'lucide-react';
import { type ReactElement, useMemo, useState } from 'react';
import { type JsonNode, jsonSize, jsonText } from '../../../model/json-tree.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { traceText } from '../../text/trace-text.ts';
import { LongText } from './long-text.tsx';

/** Longer values start as a tree. */
const MAX_LINES = 15;
const OPEN_LEVELS = 2;
/** The items of longer lists start closed. */
const MAX_OPEN_ITEMS = 20;
/** Of one list; a button shows more. */
const ITEMS_AT_ONCE = 100;

/** An attribute's value that is JSON: laid out as text, or as a tree that can be folded. */
export function JsonValue({ node }: { node: JsonNode }): ReactElement {
  const text = useMemo(() => jsonText(node), [node]);
  const [isTree, setTree] = useState(() => text.split('\n').length > MAX_LINES);
  const modes = [
    { name: traceText.jsonText, tree: false },
    { name: traceText.jsonTree, tree: true },
  ];
  return (
    <div className="json-value">
      {isTree ? (
        <div className="json-tree">
          <Node node={node} depth={0} name={undefined} open />
        </div>
      ) : (
        <pre>
          <LongText>{text}</LongText>
        </pre>
      )}
      {jsonSize(node) > 0 && (
        <div className="json-value-modes" role="group" aria-label={traceText.jsonAs}>
          {modes.map(({ name, tree }) => (
            <button
              key={name}
              type="button"
              aria-pressed={tree === isTree}
              onClick={() => {
                setTree(tree);
              }}
            >
              {name}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

interface NodeProps {
  readonly node: JsonNode;
  readonly depth: number;
  /** The key in its quotes, or a place in a list; undefined for the outermost. */
  readonly name: string | undefined;
  /** At first. */
  readonly open: boolean;
}

function Node({ node, depth, name, open }: NodeProps): ReactElement {
  const [isOpen, setOpen] = useState(open);
  const label = name === undefined ? '' : `${name}: `;
  const size = jsonSize(node);
  if (size === 0) return <LongText>{label + jsonText(node)}</LongText>;
  const count = traceText.jsonItems(size);
  return (
    <>
      <button
        type="button"
        className="json-toggle"
        aria-expanded={isOpen}
        aria-label={label + count}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <ChevronRight size={12} aria-hidden />
      </button>
      <SafeText>{label}</SafeText>
      <span className="muted">{count}</span>
      {isOpen && <Children node={node} depth={depth} />}
    </>
  );
}

function Children({ node, depth }: { node: JsonNode; depth: number }): ReactElement {
  const [limit, setLimit] = useState(ITEMS_AT_ONCE);
  const children = childrenOf(node);
  const open = depth + 1 < OPEN_LEVELS && children.length <= MAX_OPEN_ITEMS;
  return (
    <ul>
      {children.slice(0, limit).map(([name, value], index) => (
        <li key={index}>
          <Node node={value} depth={depth + 1} name={name} open={open} />
        </li>
      ))}
      {children.length > limit && (
        <li>
          <button
            type="button"
            className="json-more"
            onClick={() => {
              setLimit(limit + ITEMS_AT_ONCE);
            }}
          >
            +{children.length - limit}
          </button>
        </li>
      )}
    </ul>
  );
}

function childrenOf(node: JsonNode): readonly (readonly [string, JsonNode])[] {
  if (node.type === 'leaf') return [];
  if (node.type === 'object') return node.entries.map(({ key, value }) => [key, value]);
  return node.items.map((item, index) => [String(index), item]);
}
