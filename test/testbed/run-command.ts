import { spawn } from 'node:child_process';

/** A program that failed, could not start or took too long; the message has the end of what it said. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export interface CommandOptions {
  readonly timeoutMs?: number;
  readonly stdin?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const DEFAULT_TIMEOUT_MS = 60_000;
const ERROR_TEXT_CHARS = 4_000;

/**
 * Runs a program to its end and resolves to its standard output.
 * @throws CommandError
 */
export function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<string> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    const command = [file, ...args].join(' ');
    const fail = (why: string, cause?: unknown): void => {
      const said = Buffer.concat(err).toString().trim().slice(-ERROR_TEXT_CHARS);
      reject(new CommandError(`${command}: ${why}${said === '' ? '' : `\n${said}`}`, { cause }));
    };
    child.on('error', (error) => {
      fail('did not start', error);
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(out).toString());
      else if (signal === null) fail(`exit code ${code ?? '?'}`);
      else fail(`ended by ${signal}; its time limit is ${timeoutMs} ms`);
    });
    // A program that ends without reading its input closes the pipe; its exit code tells the story.
    child.stdin.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') fail('its input could not be written', error);
    });
    child.stdin.end(options.stdin ?? '');
  });
}
