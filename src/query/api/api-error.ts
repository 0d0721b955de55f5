/** Whose form an error has. */
export type ErrorFamily = 'jaeger' | 'v3' | 'tempo';

/** Why a request has no answer; `status` is that of HTTP. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
