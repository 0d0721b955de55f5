// Sends the story with Zipkin's own client. Zipkin knows no types: values go as the text the story has.
import { EventEmitter, once } from 'node:events';
import zipkin from 'zipkin';
import { HttpLogger } from 'zipkin-transport-http';
import type { Story, StorySpan } from '../story.ts';
import { printSent, readTask } from './client-task.ts';

const { Endpoint, Span } = zipkin.model;
const FLUSH_MS = 10;
const ANSWER_MS = 10_000;

interface Ids {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
}

function spanOf(told: StorySpan, ids: Ids, service: string): zipkin.model.Span {
  const span = new Span(
    new zipkin.TraceId({
      traceId: ids.traceId,
      spanId: ids.spanId,
      ...(ids.parentId === undefined ? {} : { parentId: new zipkin.option.Some(ids.parentId) }),
    }),
  );
  span.setName(told.name);
  if (told.kind !== 'internal') span.setKind(told.kind.toUpperCase());
  span.setTimestamp(told.startMicros);
  span.setDuration(told.durationMicros);
  span.setLocalEndpoint(new Endpoint({ serviceName: service, ipv4: '10.0.0.1', port: 8080 }));
  if (told.peer !== null) {
    const { ipv4, port, service: serviceName } = told.peer;
    span.setRemoteEndpoint(new Endpoint({ serviceName, ipv4, port }));
  }
  for (const { key, value } of told.attributes) span.putTag(key, value);
  if (told.status === 'error') span.putTag('error', told.message);
  for (const { micros, name } of told.events) span.addAnnotation(micros, name);
  return span;
}

async function send(story: Story, logger: HttpLogger): Promise<void> {
  const traceId = zipkin.randomTraceId() + zipkin.randomTraceId();
  const spanIds = Object.fromEntries(
    story.spans.map(({ name }) => [name, zipkin.randomTraceId()] as const),
  );
  for (const told of story.spans) {
    const spanId = spanIds[told.name] ?? '';
    logger.logSpan(
      spanOf(told, { traceId, spanId, parentId: spanIds[told.parent] }, story.service),
    );
  }
  // So it is; its types do not say so.
  if (!(logger instanceof EventEmitter)) throw new Error('no answer could be waited for');
  // The client's own timer does not keep the process alive.
  const keepAlive = setTimeout(() => undefined, ANSWER_MS);
  await once(logger, 'success');
  clearTimeout(keepAlive);
  printSent({ traceId, spanIds });
}

const { endpoint, protocol, story } = await readTask();
const jsonEncoder =
  protocol === 'v1-json' ? zipkin.jsonEncoder.JSON_V1 : zipkin.jsonEncoder.JSON_V2;
await send(story, new HttpLogger({ endpoint, jsonEncoder, httpInterval: FLUSH_MS }));
