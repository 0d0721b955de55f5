import type { AnswerTypes } from './answer-types.ts';

/** What people are told of an endpoint; `openapi.ts` makes a document of all. */
export interface EndpointDoc {
  readonly summary: string;
  /** The path with its variable part in braces. */
  readonly path: string;
  readonly parameters: readonly ParameterDoc[];
  /** What the answer is made of; absent for one that is no JSON. */
  readonly answer?: keyof AnswerTypes;
  /** Absent for an endpoint without one. */
  readonly body?: string;
}

export interface ParameterDoc {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly type: 'boolean' | 'integer' | 'number' | 'string';
  readonly text: string;
  readonly isRequired?: boolean;
  /** Whether it may come any number of times. */
  readonly isRepeated?: boolean;
  /** The only values. */
  readonly values?: readonly string[];
}

type More = Partial<Omit<ParameterDoc, 'name' | 'text'>>;

/** A parameter behind the question mark; text unless said otherwise. */
export function parameter(name: string, text: string, more: More = {}): ParameterDoc {
  return { in: 'query', type: 'string', name, text, ...more };
}

/** The variable part of a path. */
export function pathPart(name: string, text: string, more: More = {}): ParameterDoc {
  return parameter(name, text, { in: 'path', isRequired: true, ...more });
}

const MICROS = 'microseconds since 1970';

export const SERVICE = parameter('service', 'Name of a service.');
export const REQUIRED_SERVICE = { ...SERVICE, isRequired: true };
export const PRETTY = parameter('prettyPrint', 'Indents the answer, unless empty or false.');
export const START = parameter('start', `Earliest start, ${MICROS}.`, { type: 'integer' });
export const END = parameter('end', `Latest start, ${MICROS}.`, { type: 'integer' });
export const RAW = parameter('raw', 'Whether to show traces as they are stored.', {
  type: 'boolean',
});
export const TRACE_ID = pathPart('traceID', 'Trace id in hex, or base64.');
