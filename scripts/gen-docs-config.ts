import { processSettings } from '../src/runtime/process-settings.ts';
import { envName, listSettings } from '../src/runtime/resolve-config.ts';
import type { SettingGroup } from '../src/runtime/setting.ts';
import { code, markdownTable } from './markdown-table.ts';

/** Every setting of a role's process. */
export function configPage(role: {
  readonly name: string;
  readonly settings: SettingGroup;
}): string {
  return `# Settings of \`jaegerctl ${role.name}\`

Generated from the source by \`npm run gen\`; do not edit.

Each setting is a flag (\`--name=value\`), an environment variable and a key of the file given with
\`--config\` (YAML or JSON, nested at the dots or not). A flag wins over the environment, that over the file,
and that over the default. \`jaegerctl ${role.name} --print-config\` shows what is in effect.

## Of this role

${settingsTable(role.settings)}

## Of every role

${settingsTable(processSettings)}
`;
}

function settingsTable(group: SettingGroup): string {
  const rows = listSettings(group).map(({ setting }) => [
    code(setting.flag),
    code(envName(setting)),
    setting.secret ? '(secret)' : code(setting.format(setting.default)),
    setting.allowed,
    setting.description,
  ]);
  return markdownTable(['Flag and key', 'Environment', 'Default', 'Allowed', 'What it is'], rows);
}
