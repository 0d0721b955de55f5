import { agentSidecarSettings } from '../../agent-sidecar/config.ts';
import { jsonObjects } from '../../runtime/json-object.ts';
import { normalize } from '../api/defaults.ts';
import type { JaegerInstance } from '../api/jaeger-instance.ts';
import { SIDECAR_OTLP_PORTS, agentContainer, agentOptions } from '../desired/agent-container.ts';
import type { ClusterFacts } from '../desired/cluster-facts.ts';
import { hasNativeSidecars } from '../desired/cluster-facts.ts';
import type { KubeObject, ObjectKey } from '../kube-object.ts';
import { parseHostPort } from '../../runtime/setting.ts';
import type { AdmissionHandler } from './admission-review.ts';
import { chooseInstance, injectionAsked } from './choose-instance.ts';
import { injectSidecar } from './inject-sidecar.ts';
import { REVISION_ANNOTATION, heldInstance } from './plan-rollout.ts';
import type { SidecarAgent } from './inject-sidecar.ts';

/** What the operator knows of the cluster, in memory. */
export interface ClusterView {
  /** Valid instances that are not being deleted. */
  instances(): readonly JaegerInstance[];
  namespaceAnnotations(namespace: string): Readonly<Record<string, string>> | undefined;
  facts(): ClusterFacts;
}

export interface InjectionOutcome {
  readonly namespace: string;
  readonly pod: KubeObject;
  readonly result: 'injected' | 'skipped' | 'no-instance';
  readonly message: string;
}

export function keyOfInstance({ metadata }: JaegerInstance): ObjectKey {
  return { namespace: metadata.namespace ?? '', name: metadata.name };
}

/**
 * Gives new pods that ask for it their agent. A pod is never refused: one that cannot get an agent
 * starts without, and `report` is told why.
 */
export function createPodHandler(
  view: ClusterView,
  report: (outcome: InjectionOutcome) => void,
): AdmissionHandler {
  return ({ operation, namespace, object: pod, dryRun }) => {
    const tell = (result: InjectionOutcome['result'], message: string): void => {
      if (!dryRun) report({ namespace, pod, result, message });
    };
    const asked = injectionAsked(pod.metadata.annotations, view.namespaceAnnotations(namespace));
    if (operation !== 'CREATE' || asked === undefined) return { allowed: true };
    const instances = view.instances();
    const held = heldInstance(pod.metadata.annotations?.[REVISION_ANNOTATION]);
    const choice = chooseInstance(asked, namespace, instances.map(keyOfInstance), held);
    const instance = instances.find(
      (candidate) =>
        candidate.metadata.name === choice.instance?.name &&
        candidate.metadata.namespace === choice.instance.namespace,
    );
    if (instance === undefined) {
      const message = choice.none ?? 'the instance is gone';
      tell('no-instance', message);
      return { allowed: true, warnings: [message] };
    }
    const injection = injectSidecar(pod, namespace, sidecarOf(instance, view.facts()));
    if ('skipped' in injection) {
      tell('skipped', injection.skipped);
      return { allowed: true };
    }
    const { namespace: home, name } = keyOfInstance(instance);
    tell('injected', `agent of ${home}/${name}`);
    return { allowed: true, patch: injection.patch };
  };
}

function sidecarOf(instance: JaegerInstance, facts: ClusterFacts): SidecarAgent {
  const normal = normalize(instance);
  const admin = agentOptions(normal, { kind: 'sidecar', tags: {}, otlp: true }).get(
    agentSidecarSettings.admin.flag,
  );
  return {
    instanceName: instance.metadata.name,
    native: hasNativeSidecars(facts),
    container: (pod) => agentContainer(normal, facts, { kind: 'sidecar', ...pod }),
    imagePullSecrets: jsonObjects(normal.spec.agent.imagePullSecrets),
    adminPort: parseHostPort(admin ?? '')?.port ?? agentSidecarSettings.admin.default.port,
    otlpPorts: SIDECAR_OTLP_PORTS,
  };
}
