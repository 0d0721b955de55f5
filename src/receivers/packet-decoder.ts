import { Buffer } from 'node:buffer';
import type { OnClientReport } from '../wire/jaeger/client-stats.ts';
import { createThriftConverter } from '../wire/jaeger/thrift-to-otlp.ts';
import type { AgentFormat, ScannedSpans, ThriftEncoding } from '../wire/jaeger/thrift-to-otlp.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import { WireError } from '../wire/wire-error.ts';

/** The spans of some packets. */
export interface DecodedPackets extends ScannedSpans {
  readonly format: AgentFormat;
  readonly packets: number;
}

/** Decodes packets as they come; they may be forgotten then. */
export interface PacketDecoder {
  readonly add: (packet: Buffer) => void;
  /** What was added since the last time: nothing for a format that none of the packets had. */
  readonly take: () => readonly DecodedPackets[];
}

export interface PacketDecoderOptions {
  readonly encoding: ThriftEncoding;
  readonly onMalformed: (error: WireError) => void;
  readonly onClientReport: OnClientReport;
}

export function createPacketDecoder(options: PacketDecoderOptions): PacketDecoder {
  const converter = createThriftConverter(options.encoding, options.onClientReport);
  let jaeger = 0;
  let zipkin: Uint8Array[] = [];
  return {
    add: (packet) => {
      try {
        const otlp = converter.addCall(packet);
        if (otlp === undefined) jaeger += 1;
        else zipkin.push(otlp);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        options.onMalformed(error);
      }
    },
    take: () => {
      const taken: DecodedPackets[] = [];
      if (jaeger > 0) {
        taken.push({ ...converter.finishScanned(), format: 'jaeger', packets: jaeger });
      }
      if (zipkin.length > 0) {
        // Protobuf messages that follow each other are one message with the fields of all.
        const otlp = Buffer.concat(zipkin);
        taken.push({ otlp, scan: scanSpans(otlp), format: 'zipkin', packets: zipkin.length });
      }
      jaeger = 0;
      zipkin = [];
      return taken;
    },
  };
}
