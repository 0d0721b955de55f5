import type { Buffer } from 'node:buffer';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { copyEndpoint, createEndpoint, isSameEndpoint } from './endpoint.ts';
import type { ZipkinEndpoint } from './endpoint.ts';
import { writeInteger, writeRange, writeText } from './write-attribute.ts';

/** Keys of attributes; of a service there may be several. */
export interface EndpointKeys {
  readonly service: readonly string[];
  readonly address: string;
  readonly port: string;
}

const FIRST_BYTES = 256;

/**
 * Writes endpoints as attributes. Spans of one request mostly have the same endpoint again; what was
 * written for the one before is then written as it is.
 */
export class EndpointAttributes {
  private readonly text: Buffer;
  private readonly keys: EndpointKeys;
  private readonly before = createEndpoint();
  private readonly attributes = new ProtobufWriter(FIRST_BYTES);

  /** Ranges of endpoints are of `text`. */
  constructor(text: Buffer, keys: EndpointKeys) {
    this.text = text;
    this.keys = keys;
  }

  write(writer: ProtobufWriter, endpoint: ZipkinEndpoint): void {
    if (!isSameEndpoint(endpoint, this.before)) {
      copyEndpoint(endpoint, this.before);
      this.attributes.clear();
      this.encode(endpoint);
    }
    writer.append(this.attributes);
  }

  private encode(endpoint: ZipkinEndpoint): void {
    const { attributes, keys, text } = this;
    const name = { text, start: endpoint.nameStart, stop: endpoint.nameStop };
    if (name.stop > name.start) {
      for (const key of keys.service) writeRange(attributes, key, name);
    }
    const address = { text, start: endpoint.addressStart, stop: endpoint.addressStop };
    if (address.stop > address.start) writeRange(attributes, keys.address, address);
    else if (endpoint.address !== '') writeText(attributes, keys.address, endpoint.address);
    if (endpoint.port > 0) writeInteger(attributes, keys.port, endpoint.port);
  }
}
