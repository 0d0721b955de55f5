import type { KubeObject, ObjectMeta } from '../../controller/kube-object.ts';
import type { FieldChange } from './object-diff.ts';
import type { Plan, PlannedChange } from './plan.ts';

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

/** With memory storage the traces are in the pods of the Deployment. */
function lossText({ changes }: Plan): string {
  const holder = changes.find(
    (change) =>
      isDeployment(change.object) &&
      (change.action === 'remove' || (change.action === 'change' && change.restarts)),
  );
  return holder === undefined
    ? 'Nothing here loses data.'
    : `This loses the traces in the memory of ${holder.object.metadata.name}.`;
}

function isDeployment(object: KubeObject): boolean {
  return object.kind === 'Deployment';
}
