import { Registry } from 'prom-client';
import { createMemoryStorage } from '../../src/storage/memory/memory-storage.ts';
import { describeTraceStorage } from './trace-storage.ts';

describeTraceStorage('memory', () =>
  Promise.resolve(
    createMemoryStorage({ maxTraces: 100_000, maxBytes: 256 * 2 ** 20, metrics: new Registry() }),
  ),
);
