/** JSON as it was written: a number keeps all its digits, keys their order and their repetitions. */
export type JsonNode =
  | { readonly type: 'leaf'; readonly text: string }
  | { readonly type: 'list'; readonly items: readonly JsonNode[] }
  | { readonly type: 'object'; readonly entries: readonly JsonEntry[] };

interface JsonEntry {
  /** In its quotes. */
  readonly key: string;
  readonly value: JsonNode;
}

/** Deeper than this, a value is shown as the text that it is. */
const MAX_DEPTH = 100;
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Reads an object or a list; undefined for any other text. */
export function readJson(text: string): JsonNode | undefined {
  if (!/^\s*[[{]/.test(text) || !isJson(text)) return undefined;
  const tokens = text.match(TOKEN) ?? [];
  let at = 0;
  const readNode = (depth: number): JsonNode => {
    if (depth > MAX_DEPTH) throw new RangeError('nested too deeply');
    const token = tokens[at++] ?? '';
    if (token === '[') return { type: 'list', items: readUntil(']', () => readNode(depth + 1)) };
    if (token !== '{') return { type: 'leaf', text: token };
    const entries = readUntil('}', () => {
      const key = tokens[at++] ?? '';
      at += 1;
      return { key, value: readNode(depth + 1) };
    });
    return { type: 'object', entries };
  };
  const readUntil = <T>(end: string, readItem: () => T): readonly T[] => {
    const items: T[] = [];
    while (at < tokens.length && tokens[at] !== end) {
      items.push(readItem());
      if (tokens[at] === ',') at += 1;
    }
    at += 1;
    return items;
  };
  try {
    return readNode(0);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Two spaces for each level, as `JSON.stringify` has it. */
export function jsonText(node: JsonNode, indent = ''): string {
  if (node.type === 'leaf') return node.text;
  const inner = `${indent}  `;
  const [open, close] = node.type === 'list' ? ['[', ']'] : ['{', '}'];
  const parts =
    node.type === 'list'
      ? node.items.map((item) => jsonText(item, inner))
      : node.entries.map(({ key, value }) => `${key}: ${jsonText(value, inner)}`);
  if (parts.length === 0) return open + close;
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}

/** What is directly below a node. */
export function jsonSize(node: JsonNode): number {
  if (node.type === 'leaf') return 0;
  return node.type === 'list' ? node.items.length : node.entries.length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
