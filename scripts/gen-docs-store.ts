import type { Command, Option } from 'commander';
import { storeCommand } from '../src/tools/store/store-command.ts';
import { code, markdownTable } from './markdown-table.ts';

/** The page of `jaegerctl store`: what its commands take. */
export function storePage(): string {
  const store = storeCommand();
  const parts = store.commands.map(commandPart);
  return [
    '# jaegerctl store',
    'Generated from the source by `npm run gen`; do not edit.',
    `${store.description()} How it is used: [the embedded storage](../guides/embedded-storage.md).`,
    'Exit codes: 0 done, 1 failed or something is damaged, 2 used wrongly.',
    ...parts,
  ]
    .join('\n\n')
    .concat('\n');
}

function commandPart(command: Command): string {
  const names = command.registeredArguments.map((argument) => {
    const text = `${argument.name()}${argument.variadic ? '...' : ''}`;
    return argument.required ? `<${text}>` : `[${text}]`;
  });
  const usage = ['jaegerctl store', command.name(), '[options]', ...names].join(' ');
  const rows = command.options.map((option) => [
    code(option.flags),
    defaultText(option),
    choicesText(option),
    option.description,
  ]);
  const table = markdownTable(['Option', 'Default', 'Allowed', 'What it does'], rows);
  return `## ${command.name()}\n\n${command.description()}\n\n\`${usage}\`\n\n${table}`;
}

function defaultText(option: Option): string {
  const value: unknown = option.defaultValue;
  if (value === undefined || value === false) return '';
  return code(value === '' ? "''" : JSON.stringify(value).replaceAll('"', ''));
}

function choicesText({ argChoices }: Option): string {
  return (argChoices ?? []).map(code).join(', ');
}
