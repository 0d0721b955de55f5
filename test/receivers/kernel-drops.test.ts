import { describe, expect, it } from 'vitest';
import { parseKernelDrops } from '../../src/receivers/kernel-drops.ts';

describe('parseKernelDrops', () => {
  it('adds up the drops of each local port', () => {
    const table = [
      '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops',
      '  512: 0100007F:1AAF 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 12 2 0000000000000000 41',
      '  513: 00000000000000000000000000000000:1AAF 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 13 2 0000000000000000 1',
    ].join('\n');
    expect([...parseKernelDrops(table)]).toEqual([[6831, 42]]);
  });
});
