import { Registry } from 'prom-client';
import { createMemoryStorage } from '../../src/storage/memory/memory-storage.ts';
import { describeBesideTraces } from './beside-traces.ts';

describeBesideTraces('memory', {
  open: (clock) =>
    Promise.resolve(
      createMemoryStorage({
        ...{ maxTraces: 100_000, maxBytes: 2 ** 26, metrics: new Registry(), clock },
      }),
    ),
});
