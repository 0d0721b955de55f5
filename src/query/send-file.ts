import type { IncomingMessage, ServerResponse } from 'node:http';
import { SECURITY_HEADERS } from './security-headers.ts';
import { sendAnswer } from './send-answer.ts';
import type { Encoding, UiFile } from './ui-files.ts';

const POLICY = 'content-security-policy';
const IMMUTABLE = 'public, max-age=31536000, immutable';
/** The build puts a hash of the content into a name: it never means another content. */
const NAMED_BY_CONTENT = /^static\/.+-[\w-]{8}\./;

/** Sends a file of the UI: packed where the browser can unpack it, and not at all when it has it. */
export async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  { path, file }: { readonly path: string; readonly file: UiFile },
): Promise<void> {
  const { etag, policy, type } = file;
  // One that was set for this service by hand stays.
  if (policy !== undefined && response.getHeader(POLICY) === SECURITY_HEADERS[POLICY]) {
    response.setHeader(POLICY, policy);
  }
  response.setHeader('cache-control', NAMED_BY_CONTENT.test(path) ? IMMUTABLE : 'no-cache');
  response.setHeader('etag', etag);
  if (file.packed.length > 0) response.setHeader('vary', 'accept-encoding');
  if (isHeld(request.headers['if-none-match'], etag)) {
    request.resume();
    response.statusCode = 304;
    response.end();
    return;
  }
  const encoding = file.packed.find((name) => isAccepted(request.headers['accept-encoding'], name));
  const body = await file.read(encoding);
  if (encoding !== undefined) response.setHeader('content-encoding', encoding);
  sendAnswer(request, response, { status: 200, type, body: [body] });
}

/** A proxy that packs a file by itself makes its tag a weak one. */
function isHeld(tags: string | undefined, etag: string): boolean {
  if (tags === undefined) return false;
  return tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

/** Only an encoding that is named counts; `q=0` refuses one. */
function isAccepted(accepted: string | string[] | undefined, encoding: Encoding): boolean {
  return String(accepted ?? '')
    .split(',')
    .map((part) =>
      part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*q=/),
    )
    .some(([name, quality = '1']) => name === encoding && Number(quality) > 0);
}
