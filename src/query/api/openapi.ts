import type { AnswerTypes } from './answer-types.ts';
import { VERSION } from '../../runtime/version.ts';
import type { EndpointDoc, ParameterDoc } from './endpoint-doc.ts';
import type { Endpoint } from './endpoint.ts';
import { jsonText } from './json-text.ts';
import { openApiPage } from './openapi-page.ts';
import { OPENAPI_STYLE } from './openapi-style.ts';

const TITLE = 'Jaeger query API';
const HTML = 'text/html; charset=utf-8';
const CSS = 'text/css; charset=utf-8';

/** A description of these endpoints, and a page to read it with its style; none describes itself. */
export function openApiEndpoints(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  const shared = { operation: 'get_openapi', method: 'GET', family: 'jaeger' } as const;
  return [
    {
      ...shared,
      path: /^\/openapi\.json$/,
      answer: async () => jsonText(await openApiDocument(endpoints)),
    },
    {
      ...shared,
      path: /^\/docs\/api$/,
      type: () => HTML,
      answer: () => Promise.resolve(openApiPage(TITLE, endpoints)),
    },
    {
      ...shared,
      path: /^\/docs\/api\.css$/,
      type: () => CSS,
      answer: () => Promise.resolve(OPENAPI_STYLE),
    },
  ];
}

/** OpenAPI 3.1: https://spec.openapis.org/oas/v3.1.1.html */
async function openApiDocument(endpoints: readonly Endpoint[]): Promise<object> {
  // Nobody else needs them, and few ask.
  const { default: schemas } = await import('./answer-schemas.json', { with: { type: 'json' } });
  const paths: Record<string, Record<string, object>> = {};
  for (const { doc, family, method } of endpoints) {
    if (doc === undefined) continue;
    const operations = (paths[doc.path] ??= {});
    operations[method.toLowerCase()] = operationOf(doc, family);
  }
  return {
    openapi: '3.1.1',
    info: { title: TITLE, version: VERSION },
    // Relative to this document, wherever the base path is.
    servers: [{ url: '.' }],
    paths,
    components: { responses: ERRORS, schemas },
  };
}

const ERRORS = {
  jaeger: errorAnswer(reference('jaegerError')),
  v3: errorAnswer(reference('v3Error')),
  tempo: errorAnswer({ type: 'string' }),
};

function reference(answer: keyof AnswerTypes): object {
  return { $ref: `#/components/schemas/${answer}` };
}

/** JSON, though Jaeger calls it plain text. */
function errorAnswer(schema: object): object {
  return { description: 'Why there is no answer.', content: { 'text/plain': { schema } } };
}

function operationOf({ answer, body, parameters, summary }: EndpointDoc, family: string): object {
  return {
    summary,
    tags: [family],
    parameters: parameters.map(parameterJson),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            description: body,
            content: { 'application/json': { schema: { type: 'object' } } },
          },
        }),
    responses: {
      200: {
        description: 'The answer.',
        ...(answer === undefined
          ? {}
          : { content: { 'application/json': { schema: reference(answer) } } }),
      },
      default: { $ref: `#/components/responses/${family}` },
    },
  };
}

function parameterJson(parameter: ParameterDoc): object {
  const { isRepeated = false, isRequired = false, name, text, type, values } = parameter;
  const one = { type, ...(values === undefined ? {} : { enum: values }) };
  return {
    ...{ name, in: parameter.in, description: text, required: isRequired },
    schema: isRepeated ? { type: 'array', items: one } : one,
  };
}
