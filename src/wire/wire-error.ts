/**
 * Bytes or text from outside are not what their format says. Sending the same again never helps:
 * every receiver answers with its protocol's permanent error.
 */
export class WireError extends Error {
  override readonly name = 'WireError';
}
