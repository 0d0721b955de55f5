import { spawnSync } from 'node:child_process';

const GO_MINIMUM = { major: 1, minor: 26 };

export interface TestbedNeeds {
  /** Nodes need root: namespaces, mounts, control groups, a bridge. */
  readonly nodes: boolean;
}

/**
 * Why a Kubernetes test cluster cannot run on this machine; undefined when it can. Says the reason
 * on standard error, so that a run which skipped tests shows it.
 * @throws Error instead, when CI=true: there a missing toolchain must not pass as green.
 */
export function testbedUnavailable(needs: TestbedNeeds = { nodes: false }): string | undefined {
  const reason = missing(needs);
  if (reason === undefined) return undefined;
  if (process.env['CI'] === 'true') throw new Error(`the test cluster cannot run: ${reason}`);
  process.stderr.write(`\nSKIPPED: tests against a real Kubernetes cannot run: ${reason}\n\n`);
  return reason;
}

function missing({ nodes }: TestbedNeeds): string | undefined {
  if (process.platform !== 'linux') return `needs Linux, this is ${process.platform}`;
  if (nodes && process.getuid?.() !== 0) return 'nodes need root';
  const go = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', timeout: 20_000 });
  if (go.status !== 0) return 'needs Go (https://go.dev/dl), `go` does not run';
  const version = /^go(\d+)\.(\d+)/.exec(go.stdout.trim());
  const [major, minor] = [Number(version?.[1]), Number(version?.[2])];
  const enough =
    major > GO_MINIMUM.major || (major === GO_MINIMUM.major && minor >= GO_MINIMUM.minor);
  if (enough) return undefined;
  return `needs Go ${GO_MINIMUM.major}.${GO_MINIMUM.minor} or newer, found ${go.stdout.trim()}`;
}
