import type { Buffer } from 'node:buffer';
import { hostOf } from '../../model/adjust-clock-skew.ts';
import { decodeResourceMessage } from './decode-trace.ts';

/** Tells the host of Resource messages, by their content: chunks repeat those of their neighbours. */
export class ResourceHosts {
  private readonly known = new Map<string, string>();

  /** See `hostOf`. */
  of(bytes: Buffer, start = 0, end = bytes.length): string {
    const content = bytes.toString('latin1', start, end);
    const found = this.known.get(content);
    if (found !== undefined) return found;
    const host = hostOf(decodeResourceMessage(bytes.subarray(start, end)));
    this.known.set(content, host);
    return host;
  }
}
