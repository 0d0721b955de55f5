import { mkdtempSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentSidecarRole } from '../../src/agent-sidecar/role.ts';
import { allInOneRole } from '../../src/all-in-one/role.ts';
import type { JaegerEnvelope, JaegerTrace } from '../../src/query/api/jaeger-json.ts';
import { listSettings } from '../../src/runtime/resolve-config.ts';
import type { Role } from '../../src/runtime/role.ts';
import { settingsOfRole, startRole } from '../../src/runtime/run-role.ts';
import type { RoleProcess } from '../../src/runtime/run-role.ts';
import type { SettingGroup } from '../../src/runtime/setting.ts';
import { until } from '../harness/until.ts';
import { clientsUnavailable, ensureClients } from './client-programs.ts';
import { CLIENT_ROWS } from './client-rows.ts';
import type { ClientRow, Door } from './client-rows.ts';
import { asJaegerJson, expectedSpans } from './expected-spans.ts';
import { runClient } from './run-client.ts';
import { spansOfJaeger, spansOfV3 } from './shown-spans.ts';
import type { ShownSpan, V3Answer } from './shown-spans.ts';
import { aStory } from './story.ts';
import type { SentTrace } from './story.ts';

const PORTS: Readonly<Record<Door, readonly [name: string, url: (hostPort: string) => string]>> = {
  'otlp-http': ['otlp http', (at) => `http://${at}/v1/traces`],
  'otlp-grpc': ['otlp grpc', (at) => `http://${at}`],
  'jaeger-http': ['jaeger thrift http', (at) => `http://${at}/api/traces`],
  'jaeger-grpc': ['jaeger grpc', (at) => at],
  'udp-compact': ['jaeger thrift compact', (at) => at],
  'udp-binary': ['jaeger thrift binary', (at) => at],
  'zipkin-v1': ['zipkin http', (at) => `http://${at}/api/v1/spans`],
  'zipkin-v2': ['zipkin http', (at) => `http://${at}/api/v2/spans`],
  'zipkin-base': ['zipkin http', (at) => `http://${at}`],
};
/** Certain by service and operation, and the other way round than the default. */
const STRATEGIES = {
  default_strategy: { type: 'probabilistic', param: 1 },
  service_strategies: [
    {
      service: 'quiet',
      type: 'probabilistic',
      param: 0,
      operation_strategies: [{ operation: 'checkout', type: 'probabilistic', param: 1 }],
    },
  ],
};

const unavailable = { go: clientsUnavailable('go'), python: clientsUnavailable('python') };
const folder = mkdtempSync(join(tmpdir(), 'clients-'));
let server: RoleProcess;

beforeAll(async () => {
  // Nothing to do after `prepare.ts`; these tests can run without it.
  for (const toolchain of ['go', 'python'] as const) {
    if (unavailable[toolchain] === undefined) await ensureClients(toolchain);
  }
  const strategies = join(folder, 'strategies.json');
  await writeFile(strategies, JSON.stringify(STRATEGIES));
  server = await startOnFreePorts(allInOneRole, { 'sampling.strategies-file': strategies });
}, 600_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

describe('all-in-one', () => {
  it.for(CLIENT_ROWS)('shows what $client sends over $protocol', async (row, { skip }) => {
    skip(isUnavailable(row));
    await expectShown(row, endpointAt(server, row.door));
  });

  it('shows what a client sends to an agent over UDP, with the tags of the agent', async ({
    skip,
  }) => {
    const row = CLIENT_ROWS.find(({ door, runs }) => runs === 'go' && door === 'udp-compact');
    if (row === undefined) throw new Error('no client sends to an agent');
    skip(isUnavailable(row));
    const agent = await startOnFreePorts(agentSidecarRole, {
      'reporter.grpc.host-port': hostPortAt(server, 'otlp grpc'),
      'agent.tags': 'zone=west',
    });
    try {
      const shows = [...row.shows, withZone];
      await expectShown({ ...row, shows }, endpointAt(agent, row.door));
    } finally {
      await agent.stop();
    }
  });

  it.for([
    { client: 'jaeger-client (npm)', runs: 'javascript', program: 'ask-jaeger-sampling.ts' },
    { client: 'jaeger-client-go (Go)', runs: 'go', program: 'jaeger-sampling' },
  ] as const)('tells $client how to sample, by operation', async (asking, { skip }) => {
    skip(isUnavailable(asking));
    const decisions = await runClient(asking, {
      endpoint: hostPortAt(server, 'sampling http'),
      service: 'quiet',
      operations: ['checkout', 'other'],
    });
    expect(decisions).toEqual({ checkout: true, other: false });
  });
});

function isUnavailable({ runs }: Pick<ClientRow, 'runs'>): boolean {
  if (runs === 'javascript') return false;
  return unavailable[runs === 'go' ? 'go' : 'python'] !== undefined;
}

/** Sends a story with the client, and reads it back by the trace's id from both APIs. */
async function expectShown(row: ClientRow, endpoint: string): Promise<void> {
  const story = aStory(`${row.runs}-${row.protocol}`);
  const sent = (await runClient(row, { protocol: row.protocol, endpoint, story })) as SentTrace;
  const ui = `http://${hostPortAt(server, 'ui')}`;
  const readJaeger = async (): Promise<readonly ShownSpan[]> => {
    const answer = await fetch(`${ui}/api/traces/${sent.traceId}`);
    if (answer.status === 404) return [];
    return spansOfJaeger((await answer.json()) as JaegerEnvelope<JaegerTrace[]>);
  };
  // UDP has no answer that says the spans have arrived.
  await until(async () => (await readJaeger()).length >= story.spans.length);
  const expected = expectedSpans(story, sent, row);
  expect((await readJaeger()).map(withoutClientTags)).toEqual(expected.map(asJaegerJson));
  const answer = await fetch(`${ui}/api/v3/traces/${sent.traceId}`);
  const shown = spansOfV3((await answer.json()) as V3Answer);
  expect(shown.map(withoutClientTags)).toEqual(expected);
}

/** What Jaeger's clients say of themselves, of the host they run on, and of the sampler. */
const ABOUT_CLIENT = /^(client-uuid|hostname|ip|jaeger\.version|sampler\.(type|param)): /;

function withoutClientTags(span: ShownSpan): ShownSpan {
  const isTold = (text: string): boolean => !ABOUT_CLIENT.test(text);
  return {
    ...span,
    resource: span.resource.filter(isTold),
    attributes: span.attributes.filter(isTold),
  };
}

function withZone(span: ShownSpan): ShownSpan {
  return { ...span, resource: [...span.resource, 'zone: string west'].sort() };
}

async function startOnFreePorts<G extends SettingGroup>(
  role: Role<G>,
  given: Readonly<Record<string, string>>,
): Promise<RoleProcess> {
  const flags = new Map([['log-level', 'silent']]);
  for (const { setting } of listSettings(settingsOfRole(role))) {
    if (setting.flag.endsWith('host-port')) flags.set(setting.flag, ':0');
  }
  for (const [flag, value] of Object.entries(given)) flags.set(flag, value);
  return startRole(role, { flags, env: {}, file: null, fileName: '' });
}

function endpointAt(process: RoleProcess, door: Door): string {
  const [name, url] = PORTS[door];
  return url(hostPortAt(process, name));
}

function hostPortAt({ addresses }: RoleProcess, name: string): string {
  const found = addresses.find((address) => address.name === name);
  if (found === undefined) throw new Error(`nothing listens as ${name}`);
  return `127.0.0.1:${found.port}`;
}
