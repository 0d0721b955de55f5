import { attributeText } from './attribute-text.ts';
import type { AttributeValue, Resource, Span } from './span.ts';

interface Node {
  readonly span: Span;
  readonly host: string;
  readonly children: Node[];
  startNano: bigint;
  shiftNano: bigint;
  warnings: string[];
}

interface Step {
  readonly node: Node;
  readonly parent: Node | undefined;
  readonly skew: { readonly host: string; readonly deltaNano: bigint };
}

/**
 * Where a call changes the host and the child does not lie inside its parent, shifts what ran on
 * the child's host so that the time on the way is split evenly. Differences above `maxSkewMs` are
 * only named in a warning.
 */
export function adjustClockSkew(spans: readonly Span[], maxSkewMs: number): readonly Span[] {
  const hosts = new Map<Resource, string>();
  const nodes = spans.map((span): Node => ({
    span,
    host: hostOf(span.resource, hosts),
    children: [],
    startNano: span.startTimeUnixNano,
    shiftNano: 0n,
    warnings: [],
  }));
  const open = linkNodes(nodes).map((node): Step => ({
    node,
    parent: undefined,
    skew: { host: node.host, deltaNano: 0n },
  }));
  // An own stack: traces may be deeper than the call stack.
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const skew = visit(step, maxSkewMs);
    for (const child of step.node.children) open.push({ node: child, parent: step.node, skew });
  }
  return nodes.map(shifted);
}

/** Hangs each node below its parent and returns the roots. A circle of parents has none. */
function linkNodes(nodes: readonly Node[]): Node[] {
  const byId = new Map<string, Node>();
  for (const node of nodes) {
    const { spanId } = node.span;
    if (byId.has(spanId)) node.warnings.push('duplicate span IDs; skipping clock skew adjustment');
    else byId.set(spanId, node);
  }
  const roots: Node[] = [];
  for (const node of nodes) {
    const { parentSpanId, spanId } = node.span;
    if (parentSpanId === '' || parentSpanId === spanId) {
      roots.push(node);
      continue;
    }
    const parent = byId.get(parentSpanId);
    if (parent === undefined) {
      node.warnings.push(
        `parent span ID=${parentSpanId} is not in the trace; skipping clock skew adjustment`,
      );
      roots.push(node);
    } else if (byId.get(spanId) === node) {
      parent.children.push(node);
    }
  }
  return roots;
}

function visit({ node, parent, skew }: Step, maxSkewMs: number): Step['skew'] {
  const { host } = node;
  let current = skew;
  if (parent !== undefined && (host === '' || host !== skew.host)) {
    current = { host, deltaNano: deltaOf(node, parent) };
  }
  shift(node, current.deltaNano, maxSkewMs);
  return current;
}

function deltaOf(node: Node, parent: Node): bigint {
  const childDuration = durationOf(node.span);
  const parentDuration = durationOf(parent.span);
  const parentEnd = parent.startNano + parentDuration;
  if (childDuration > parentDuration) {
    return node.startNano < parent.startNano ? parent.startNano - node.startNano : 0n;
  }
  const inside = node.startNano >= parent.startNano && node.startNano + childDuration <= parentEnd;
  if (inside) return 0n;
  const latency = (parentDuration - childDuration) / 2n;
  return parent.startNano + latency - node.startNano;
}

function shift(node: Node, deltaNano: bigint, maxSkewMs: number): void {
  if (deltaNano === 0n) return;
  const size = deltaNano < 0n ? -deltaNano : deltaNano;
  if (maxSkewMs === 0) {
    node.warnings.push(
      `clock skew adjustment disabled; not applying calculated delta of ${goDuration(deltaNano)}`,
    );
  } else if (size > BigInt(Math.round(maxSkewMs * 1e6))) {
    const max = goDuration(BigInt(Math.round(maxSkewMs * 1e6)));
    node.warnings.push(
      `max clock skew adjustment delta of ${max} exceeded; not applying calculated delta of ${goDuration(deltaNano)}`,
    );
  } else {
    node.startNano += deltaNano;
    node.shiftNano = deltaNano;
    node.warnings.push(`This span's timestamps were adjusted by ${goDuration(deltaNano)}`);
  }
}

function shifted({ span, shiftNano, warnings }: Node): Span {
  if (warnings.length === 0) return span;
  return {
    ...span,
    startTimeUnixNano: span.startTimeUnixNano + shiftNano,
    endTimeUnixNano: span.endTimeUnixNano + shiftNano,
    events: span.events.map((event) => ({
      ...event,
      timeUnixNano: event.timeUnixNano + shiftNano,
    })),
    warnings: [...span.warnings, ...warnings],
  };
}

function durationOf(span: Span): bigint {
  const duration = span.endTimeUnixNano - span.startTimeUnixNano;
  return duration < 0n ? 0n : duration;
}

/** '' when the resource does not say; such a span shares its host with none. */
function hostOf(resource: Resource, known: Map<Resource, string>): string {
  const host = known.get(resource) ?? readHost(resource);
  known.set(resource, host);
  return host;
}

function readHost(resource: Resource): string {
  const valueOf = (name: string): AttributeValue | undefined =>
    resource.attributes.find(({ key }) => key === name)?.value;
  const id = valueOf('host.id');
  if (id !== undefined) return id.type === 'string' ? id.value : '';
  const ip = valueOf('host.ip');
  if (ip?.type === 'string') return ip.value;
  const [firstIp] = ip?.type === 'array' ? ip.values : [];
  if (firstIp !== undefined) return attributeText(firstIp);
  const name = valueOf('host.name');
  return name?.type === 'string' ? name.value : '';
}

/** As Go writes a duration. */
function goDuration(nano: bigint): string {
  const sign = nano < 0n ? '-' : '';
  const size = Number(nano < 0n ? -nano : nano);
  if (size < 1e3) return `${sign}${size}ns`;
  if (size < 1e6) return `${sign}${size / 1e3}µs`;
  if (size < 1e9) return `${sign}${size / 1e6}ms`;
  const minutes = Math.floor(size / 60e9);
  const seconds = `${(size % 60e9) / 1e9}s`;
  if (minutes === 0) return `${sign}${seconds}`;
  const hours = Math.floor(minutes / 60);
  return `${sign}${hours > 0 ? `${hours}h` : ''}${minutes % 60}m${seconds}`;
}
