import type { TextAttribute, TimelineEvent } from './timeline-span.ts';

/** What a span says of a call of a model: by OpenTelemetry's conventions, today's and older ones. */
export interface GenAiSpan {
  readonly facts: readonly GenAiFact[];
  /** In the order of the talk. */
  readonly messages: readonly GenAiMessage[];
}

export interface GenAiFact {
  readonly name: GenAiFactName;
  readonly value: string;
}

export type GenAiFactName = (typeof FACTS)[number][0];

export interface GenAiMessage {
  /** 'user', 'assistant', 'system', 'tool', …; '' when it is not said. */
  readonly role: string;
  readonly parts: readonly GenAiPart[];
}

export interface GenAiPart {
  readonly type: 'text' | 'tool-call' | 'tool-result';
  /** Of a tool; '' for text. */
  readonly name: string;
  readonly text: string;
}

const FACTS = [
  ['operation', ['gen_ai.operation.name']],
  ['provider', ['gen_ai.provider.name', 'gen_ai.system']],
  ['model', ['gen_ai.response.model', 'gen_ai.request.model']],
  ['inputTokens', ['gen_ai.usage.input_tokens', 'gen_ai.usage.prompt_tokens']],
  ['outputTokens', ['gen_ai.usage.output_tokens', 'gen_ai.usage.completion_tokens']],
  ['temperature', ['gen_ai.request.temperature']],
  ['finish', ['gen_ai.response.finish_reasons']],
  ['tool', ['gen_ai.tool.name']],
] as const;

/** What goes in, then what comes out; the roles are for messages that name none. */
const LISTS = [
  ['gen_ai.system_instructions', 'system'],
  ['gen_ai.input.messages', 'user'],
  ['gen_ai.prompt', 'user'],
  ['gen_ai.tool.call.arguments', 'tool'],
  ['gen_ai.tool.call.result', 'tool'],
  ['gen_ai.output.messages', 'assistant'],
  ['gen_ai.completion', 'assistant'],
] as const;
/** `gen_ai.user.message` */
const MESSAGE_EVENT = /^gen_ai\.(\w+)\.message$/;
/** Of one span. */
const MAX_MESSAGES = 500;

export function readGenAi(
  tags: readonly TextAttribute[],
  events: readonly TimelineEvent[],
): GenAiSpan {
  const texts = new Map(tags.map(({ key, value }) => [key, value]));
  const facts = FACTS.flatMap(([name, keys]) => {
    const value = keys.map((key) => texts.get(key)).find((text) => text !== undefined);
    return value === undefined || value === '' ? [] : [{ name, value }];
  });
  const fields = events.flatMap((event) => event.fields);
  const messages = [
    ...eventMessages(events),
    ...LISTS.flatMap(([key, role]) => [
      ...[...tags, ...fields].flatMap((tag) => (tag.key === key ? readList(tag.value, role) : [])),
      ...numberedMessages(texts, key, role),
    ]),
  ];
  return { facts, messages: messages.slice(0, MAX_MESSAGES) };
}

function eventMessages(events: readonly TimelineEvent[]): readonly GenAiMessage[] {
  return events.flatMap(({ fields }) => {
    const texts = new Map(fields.map(({ key, value }) => [key, value]));
    const role = MESSAGE_EVENT.exec(texts.get('event') ?? '')?.[1];
    const content = texts.get('content') ?? '';
    return role === undefined || content === '' ? [] : [textMessage(role, content)];
  });
}

/** `gen_ai.prompt.0.role` and `gen_ai.prompt.0.content`, as some libraries write lists. */
function numberedMessages(
  texts: ReadonlyMap<string, string>,
  key: string,
  role: string,
): readonly GenAiMessage[] {
  const messages: GenAiMessage[] = [];
  for (let at = 0; at < MAX_MESSAGES; at++) {
    const content = texts.get(`${key}.${at}.content`);
    if (content === undefined) break;
    messages.push(textMessage(texts.get(`${key}.${at}.role`) ?? role, content));
  }
  return messages;
}

/** A list of messages or of parts in JSON; any other text is one message. */
function readList(text: string, role: string): readonly GenAiMessage[] {
  const json = parseJson(text);
  if (!Array.isArray(json)) return text === '' ? [] : [textMessage(role, text)];
  const items: readonly unknown[] = json;
  const objects = items.filter(isObject);
  if (objects.length < items.length) return [textMessage(role, text)];
  if (objects.every((item) => 'role' in item)) {
    return objects.map((item) => ({
      role: textOf(item['role']) || role,
      parts: [...partsOf(item['parts'] ?? item['content']), ...toolCalls(item['tool_calls'])],
    }));
  }
  return [{ role, parts: objects.map(partOf) }];
}

function partsOf(content: unknown): readonly GenAiPart[] {
  if (Array.isArray(content)) {
    const items: readonly unknown[] = content;
    return items.map((item) => (isObject(item) ? partOf(item) : textPart(textOf(item))));
  }
  return content === undefined || content === null ? [] : [textPart(textOf(content))];
}

function partOf(part: JsonObject): GenAiPart {
  const name = textOf(part['name']);
  switch (part['type']) {
    case 'tool_call':
      return { type: 'tool-call', name, text: textOf(part['arguments']) };
    case 'tool_call_response':
      return { type: 'tool-result', name, text: textOf(part['response'] ?? part['result']) };
    default:
      return textPart(textOf(part['content'] ?? part['text'] ?? part));
  }
}

/** As OpenAI's messages have them. */
function toolCalls(calls: unknown): readonly GenAiPart[] {
  if (!Array.isArray(calls)) return [];
  const items: readonly unknown[] = calls;
  return items.filter(isObject).map((call) => {
    const called = isObject(call['function']) ? call['function'] : call;
    return {
      type: 'tool-call',
      name: textOf(called['name']),
      text: textOf(called['arguments']),
    };
  });
}

function textMessage(role: string, text: string): GenAiMessage {
  return { role, parts: [textPart(text)] };
}

function textPart(text: string): GenAiPart {
  return { type: 'text', name: '', text };
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
