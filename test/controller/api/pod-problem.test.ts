import { describe, expect, it } from 'vitest';
import { podsProblem } from '../../../src/controller/api/pod-problem.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';

function aPod(status: object, metadata: object = {}): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', ...metadata }, status };
}

function withContainer(container: object, more: object = {}): KubeObject {
  const status = { name: 'jaeger', image: 'localhost/none:1', ready: false, ...container };
  return aPod({ phase: 'Pending', containerStatuses: [status], ...more });
}

const waiting = (reason: string, message = ''): object => ({
  state: { waiting: { reason, message } },
});
const ended = (exitCode: number, reason: string, message?: string): object => ({
  terminated: { exitCode, reason, message, containerID: 'containerd://0' },
});

describe('podsProblem', () => {
  it.each([
    [
      waiting('ErrImagePull', 'failed to resolve reference'),
      'container jaeger: ErrImagePull, localhost/none:1 cannot be pulled; change spec.allInOne.image or spec.allInOne.imagePullSecrets',
    ],
    [
      waiting('InvalidImageName', 'couldn’t parse image'),
      'container jaeger: InvalidImageName, localhost/none:1 is no image; change spec.allInOne.image',
    ],
    [
      waiting('CreateContainerConfigError', 'secret "shop" not found'),
      'container jaeger: CreateContainerConfigError, secret "shop" not found; change spec.allInOne.env, spec.allInOne.envFrom or spec.allInOne.securityContext',
    ],
    [
      waiting('CreateContainerError', 'container 0123456789abcdef0123 at 2026-01-02T03:04:05Z'),
      'container jaeger: CreateContainerError, container … at …; change spec.allInOne.image, spec.allInOne.volumeMounts or spec.allInOne.containerSecurityContext',
    ],
    [
      { ...waiting('CrashLoopBackOff'), lastState: ended(2, 'Error', 'no such\nflag') },
      'container jaeger: CrashLoopBackOff, ended with Error, exit code 2: no such flag; its log says why; change spec.allInOne.options or spec.allInOne.image',
    ],
    [
      { state: ended(137, 'OOMKilled') },
      'container jaeger: OOMKilled, it used more memory than it may; change spec.allInOne.resources.limits.memory',
    ],
    [
      { ...waiting('CrashLoopBackOff'), lastState: ended(128, 'StartError', 'exec: "x"') },
      'container jaeger: RunContainerError, exec: "x"; change spec.allInOne.image, spec.allInOne.volumeMounts or spec.allInOne.containerSecurityContext',
    ],
  ])('names container, reason, cause and field for %j', (container, expected) => {
    expect(podsProblem([withContainer(container)], 'spec.allInOne')).toBe(expected);
  });

  it('says the same all the way round a failure, so that a status is written once', () => {
    const texts = (containers: readonly object[]): ReadonlySet<string | undefined> =>
      new Set(containers.map((one) => podsProblem([withContainer(one)], 'spec.agent')));
    const lastState = ended(1, 'Error');
    const crashes = [
      { state: ended(1, 'Error'), restartCount: 3 },
      { ...waiting('CrashLoopBackOff', 'back-off 40s restarting'), lastState, restartCount: 4 },
      { ...waiting('CrashLoopBackOff', 'back-off 5m0s restarting'), lastState, restartCount: 9 },
      { state: { running: { startedAt: '2026-01-02T03:04:05Z' } }, lastState, restartCount: 9 },
    ];
    expect(texts(crashes).size).toBe(1);
    const pulls = [waiting('ErrImagePull', 'a'), waiting('ImagePullBackOff', 'b')];
    expect(texts(pulls).size).toBe(1);
  });

  it('says why no node takes a pod, without counts that change with the cluster', () => {
    const told = (message: string): string | undefined => {
      const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message };
      return podsProblem([aPod({ phase: 'Pending', conditions: [condition] })], 'spec.allInOne');
    };
    const three =
      '0/3 nodes are available: 1 Too many pods, 2 Insufficient cpu. preemption: 0/3 nodes are available.';
    expect(told(three)).toBe(
      'no node takes the pod: Unschedulable, Insufficient cpu, Too many pods; change spec.allInOne.resources.requests, spec.allInOne.nodeSelector, spec.allInOne.affinity or spec.allInOne.tolerations',
    );
    expect(told('0/9 nodes are available: 3 Insufficient cpu, 6 Too many pods.')).toBe(told(three));
  });

  it('says nothing of pods that run, start, have recovered, are over or on their way out', () => {
    const broken = withContainer(waiting('ErrImagePull'));
    const deleted = aPod({ ...(broken['status'] as object) }, { deletionTimestamp: 'now' });
    const pods = [
      withContainer(waiting('ContainerCreating')),
      withContainer({ state: { running: {} } }),
      withContainer({ ready: true, state: { running: {} }, lastState: ended(137, 'OOMKilled') }),
      withContainer({ state: ended(0, 'Completed') }),
      withContainer({ state: ended(137, 'OOMKilled') }, { phase: 'Failed' }),
      deleted,
      aPod({}),
    ];
    for (const pod of pods) expect(podsProblem([pod], 'spec.allInOne')).toBeUndefined();
    expect(podsProblem([...pods, broken], 'spec.allInOne')).toContain('ErrImagePull');
  });
});
