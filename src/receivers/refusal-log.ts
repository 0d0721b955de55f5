import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import { createComplaint } from './complaint.ts';
import { isFailure } from './refusal.ts';

export type LogRefusal = (error: unknown) => void;

/**
 * Says in the log why requests at a port, `name`, are refused, since their senders hear no more than
 * that they shall come again: failures as warnings, now and then; anything else for who debugs.
 */
export function createRefusalLog(
  name: string,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): LogRefusal {
  const warn = (text: string): void => {
    logger.warn(text);
  };
  const complain = createComplaint({ clock, warn }, name);
  return (error) => {
    if (isFailure(error)) complain('a request is put off', error);
    else logger.debug({ err: error }, `${name}: a request is refused`);
  };
}
