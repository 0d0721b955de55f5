import { pino } from 'pino';
import type { Logger } from 'pino';
import { escapeForTerminal, escapeUnseen } from './log-line.ts';
import { choiceSetting } from './setting.ts';
import type { ConfigOf } from './setting.ts';

export type { Logger } from 'pino';

export const logSettings = {
  level: choiceSetting({
    flag: 'log-level',
    default: 'info',
    choices: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
    description: 'Least severe level that is logged.',
  }),
  format: choiceSetting({
    flag: 'log-format',
    default: 'auto',
    choices: ['auto', 'json', 'text'],
    description: 'json, text, or auto: text on a terminal and json elsewhere.',
  }),
};

export type LogConfig = ConfigOf<typeof logSettings>;

/**
 * A logger on standard error: standard output belongs to what a command prints. What clients send may
 * be in a line; it cannot move the cursor, hide text or turn its direction.
 */
export function createLogger(config: LogConfig, role: string): Logger {
  const text = config.format === 'text' || (config.format === 'auto' && process.stderr.isTTY);
  const options = {
    level: config.level,
    base: { role },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    hooks: { streamWrite: text ? escapeForTerminal : escapeUnseen },
  };
  if (!text) return pino(options, pino.destination({ fd: 2, sync: true }));
  return pino({
    ...options,
    transport: {
      target: 'pino-pretty',
      options: {
        destination: 2,
        ignore: 'pid,hostname,role',
        messageFormat: '{role}  {msg}',
        singleLine: true,
      },
    },
  });
}
