import { Buffer } from 'node:buffer';
import type { OutgoingHttpHeaders } from 'node:http2';
import type { GrpcStatus } from './grpc-service.ts';

/** More of a message is cut off: clients refuse header lists of more than about 8 KiB. */
const MESSAGE_CHARACTERS_MAX = 1024;
/** Details that do not fit are left out, which a client understands as there being none. */
const DETAILS_BYTES_MAX = 4096;

/** The end of a call, as trailers. https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md */
export function statusTrailers({ code, message, details }: GrpcStatus): OutgoingHttpHeaders {
  return {
    'grpc-status': String(code),
    ...(message === '' ? {} : { 'grpc-message': percentEncode(message) }),
    ...(details === undefined || details.length > DETAILS_BYTES_MAX
      ? {}
      : { 'grpc-status-details-bin': base64(details) }),
  };
}

/** Bytes outside of printable ASCII, and `%` itself, become `%XX`. */
function percentEncode(message: string): string {
  const text = message.slice(0, MESSAGE_CHARACTERS_MAX);
  if (/^[ -$&-~]*$/.test(text)) return text;
  return [...Buffer.from(text, 'utf8')]
    .map((byte) =>
      byte < 0x20 || byte > 0x7e || byte === 0x25
        ? `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
        : String.fromCharCode(byte),
    )
    .join('');
}

/** Without padding, as the specification asks of senders. */
function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('base64')
    .replace(/=+$/, '');
}
