import { InvalidArgumentError } from 'commander';
import { parseGoDuration } from '../../runtime/go-duration.ts';

/** Parses an option's integer. */
export function integerArgument(
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text !== '' && Number.isInteger(value) && value >= min && value <= max) return value;
    const limit = max === Number.MAX_SAFE_INTEGER ? `from ${min}` : `${min} to ${max}`;
    throw new InvalidArgumentError(`Give an integer ${limit}.`);
  };
}

/** Parses an option's Go duration to milliseconds. */
export function durationArgument(text: string): number {
  const nanos = parseGoDuration(text);
  if (nanos !== undefined && nanos >= 0) return nanos / 1e6;
  throw new InvalidArgumentError('Give a duration such as 10ms, 30s or 1h.');
}
