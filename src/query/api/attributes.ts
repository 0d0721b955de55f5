import { ApiError } from './api-error.ts';
import type { Endpoint } from './endpoint.ts';
import { readInteger } from './go-text.ts';
import { envelopeText } from './json-text.ts';
import { read, unableToParse } from './parse-parameters.ts';
import { parameter, pathPart, PRETTY, SERVICE } from './endpoint-doc.ts';

const PREFIX = parameter('prefix', 'What they start with.');
const LIMIT = parameter('limit', 'How many to answer.', { type: 'integer' });

const DEFAULT_LIMIT = 100;
const LIMIT_MAX = 1000;

/** Keys of attributes, for completion: of one service's spans, or of all. */
export const attributeKeys: Endpoint = {
  operation: 'get_attribute_keys',
  method: 'GET',
  path: /^\/api\/attributes$/,
  family: 'jaeger',
  doc: {
    summary: 'Keys of attributes.',
    path: '/api/attributes',
    answer: 'attributes',
    parameters: [SERVICE, PREFIX, LIMIT, PRETTY],
  },
  answer: async ({ parameters, tenant }, { storage }) => {
    const limit = parseLimit(parameters);
    const service = parameters.get('service') ?? '';
    const prefix = parameters.get('prefix') ?? '';
    const { reader } = storage;
    if (reader.attributeKeys === undefined) throw unsupported();
    const listed = await reader.attributeKeys(tenant, service === '' ? undefined : service);
    const keys = listed.filter((key) => key.startsWith(prefix)).slice(0, limit);
    return envelopeText(keys, parameters, { total: keys.length });
  },
};

/** Some values of an attribute, as the texts that searches compare. */
export const attributeValues: Endpoint = {
  operation: 'get_attribute_values',
  method: 'GET',
  path: /^\/api\/attributes\/([^/]+)\/values$/,
  family: 'jaeger',
  doc: {
    summary: 'Values of an attribute.',
    path: '/api/attributes/{key}/values',
    answer: 'attributes',
    parameters: [pathPart('key', 'Key of the attribute.'), PREFIX, LIMIT, PRETTY],
  },
  answer: async ({ name, parameters, tenant }, { storage }) => {
    const limit = parseLimit(parameters);
    const prefix = parameters.get('prefix') ?? '';
    const { reader } = storage;
    if (reader.attributeValues === undefined) throw unsupported();
    const values = await reader.attributeValues(tenant, name, prefix, limit);
    return envelopeText(values, parameters, { total: values.length });
  },
};

function parseLimit(parameters: URLSearchParams): number {
  const text = parameters.get('limit') ?? '';
  if (text === '') return DEFAULT_LIMIT;
  const limit = read(text, (value) => readInteger(value, 32), unableToParse('limit'));
  if (limit >= 1n && limit <= BigInt(LIMIT_MAX)) return Number(limit);
  throw new ApiError(400, `limit ${limit} is not between 1 and ${LIMIT_MAX}`);
}

function unsupported(): ApiError {
  return new ApiError(501, 'this storage does not list attributes');
}
