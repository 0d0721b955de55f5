import { SPANS_PER_PACKET, jaegerPackets } from './jaeger-packets.ts';
import { readThrift } from './read-thrift.ts';

/*
 * Decodes Jaeger's UDP packets with npm's thrift again and again: node npm-thrift-decoder.ts <seconds>.
 * Prints `measuring` after a warm-up, then one line of JSON.
 */
const WARM_UP_MS = 1000;
function decodeFor(packets: readonly Buffer[], ms: number): { spans: number; seconds: number } {
  const started = performance.now();
  let spans = 0;
  for (let at = 0; performance.now() - started < ms; at += 1) {
    const packet = packets[at % packets.length];
    if (packet === undefined) throw new Error('no packets');
    readThrift(packet, 'compact', 'call');
    spans += SPANS_PER_PACKET;
  }
  return { spans, seconds: (performance.now() - started) / 1000 };
}

const packets = jaegerPackets();
decodeFor(packets, WARM_UP_MS);
console.log('measuring');
const cpu = process.cpuUsage();
const { spans, seconds } = decodeFor(packets, Number(process.argv[2] ?? '3') * 1000);
const { user, system } = process.cpuUsage(cpu);
console.log(JSON.stringify({ spans, seconds, cpuSeconds: (user + system) / 1e6 }));
