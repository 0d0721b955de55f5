import type { KubeObject, ObjectMeta } from '../../controller/kube-object.ts';
import { jsonFields, jsonObjects } from '../../runtime/json-object.ts';
import { envName } from '../../runtime/resolve-config.ts';
import { storageSettings } from '../../storage/config.ts';
import type { FieldChange } from './object-diff.ts';
import type { Plan, PlannedChange } from './plan.ts';

const STORAGE_TYPE = envName(storageSettings.type);
/** Fields shown of one object; the rest are counted. */
const FIELDS_SHOWN_MAX = 8;
const VALUE_CHARS_MAX = 60;

const MARKS = { change: '~', add: '+', remove: '-' } as const;

/** The plan for people: one line an object, then what it costs. */
export function renderPlan(plan: Plan, instance: ObjectMeta): string {
  const { changes } = plan;
  const name = `${instance.namespace ?? 'default'}/${instance.name}`;
  if (changes.length === 0) {
    return `JaegerInstance ${name}: nothing to change (${plan.unchanged} objects as desired)\n`;
  }
  const count = (action: PlannedChange['action']): number =>
    changes.filter((change) => change.action === action).length;
  const counts = `${count('change')} to change, ${count('add')} to add, ${count('remove')} to remove`;
  const kindWidth = Math.max(...changes.map(({ object }) => object.kind.length));
  const lines = changes.flatMap((change) => changeLines(change, kindWidth));
  return [`JaegerInstance ${name}: ${counts}`, ...lines, lossText(plan), ''].join('\n');
}

function changeLines(change: PlannedChange, kindWidth: number): readonly string[] {
  const { object } = change;
  const title = `  ${MARKS[change.action]} ${object.kind.padEnd(kindWidth)}  ${object.metadata.name}`;
  if (change.action !== 'change') return [title];
  const shown = change.fields
    .slice(0, FIELDS_SHOWN_MAX)
    .map((field) => `      ${fieldText(field)}`);
  const hidden = change.fields.length - shown.length;
  if (hidden > 0) shown.push(`      … and ${hidden} more`);
  return [change.restarts ? `${title}  → replaces its pods` : title, ...shown];
}

function fieldText({ path, before, after }: FieldChange): string {
  return `${path} ${valueText(before)} → ${valueText(after)}`;
}

function valueText(value: unknown): string {
  if (value === undefined) return '(none)';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const line = text.replace(/\s+/g, ' ');
  return line.length > VALUE_CHARS_MAX ? `${line.slice(0, VALUE_CHARS_MAX)}…` : line;
}

/** What of this takes traces with it: pods that have them in memory, volumes that go with their pods. */
function lossText({ changes }: Plan): string {
  const losses = changes.flatMap((change) => {
    const { object, action } = change;
    const goes = action === 'remove' || (action === 'change' && change.restarts);
    if (goes && holdsInMemory(object)) return [`in the memory of ${object.metadata.name}`];
    if (action === 'remove' && takesItsVolume(object)) {
      return [`on the volume of ${object.metadata.name}`];
    }
    return [];
  });
  return losses.length === 0
    ? 'Nothing here loses data.'
    : `This loses the traces ${losses.join(' and ')}.`;
}

function holdsInMemory(object: KubeObject): boolean {
  const template = jsonFields(jsonFields(object['spec'])['template']);
  const [container] = jsonObjects(jsonFields(template['spec'])['containers']);
  return jsonObjects(container?.['env']).some(
    ({ name, value }) => name === STORAGE_TYPE && value === 'memory',
  );
}

function takesItsVolume({ kind, spec }: KubeObject): boolean {
  const policy = jsonFields(jsonFields(spec)['persistentVolumeClaimRetentionPolicy']);
  return kind === 'StatefulSet' && policy['whenDeleted'] === 'Delete';
}
