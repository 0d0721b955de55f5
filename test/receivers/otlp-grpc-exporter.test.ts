import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-grpc';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from 'vitest';
import { startGrpcReceiver } from './otlp-receiver.ts';
import type { StartedReceiver } from './otlp-receiver.ts';

async function sendOneSpan(
  { port }: StartedReceiver,
  compression: CompressionAlgorithm,
): Promise<void> {
  const exporter = new OTLPTraceExporter({ url: `http://127.0.0.1:${port}`, compression });
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  provider
    .getTracer('test')
    .startSpan('work', { attributes: { size: 3 } })
    .end();
  await provider.forceFlush();
  await provider.shutdown();
}

describe('the OpenTelemetry exporter over gRPC', () => {
  it.each([CompressionAlgorithm.NONE, CompressionAlgorithm.GZIP])(
    'is understood (%s)',
    async (compression) => {
      await using receiver = await startGrpcReceiver();
      await sendOneSpan(receiver, compression);
      expect(receiver.spans.map(({ name }) => name)).toEqual(['work']);
    },
  );
});
