import type { KubeApi } from '../kube/kube-api.ts';
import type { KubeObject, ResourceKind } from '../kube-object.ts';
import type { JsonObject } from '../../runtime/json-object.ts';
import { jsonFields, jsonObjects } from '../../runtime/json-object.ts';

const KINDS: readonly ResourceKind[] = [
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
].map((kind) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  plural: `${kind.toLowerCase()}s`,
  namespaced: false,
}));

/**
 * Makes the API server trust this CA bundle for every webhook of the named configurations, of
 * either kind. Writes only where it differs; a configuration that does not exist is left out.
 * @returns the names of the configurations that were changed
 */
export async function trustCaBundle(
  api: KubeApi,
  names: readonly string[],
  caBundle: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const wanted = Buffer.from(caBundle).toString('base64');
  const changed: string[] = [];
  for (const kind of KINDS) {
    for (const name of names) {
      const found = await api.get(kind, { namespace: '', name }, signal);
      const updated = found === undefined ? undefined : withCaBundle(found, wanted);
      if (updated === undefined) continue;
      await api.update(kind, updated, signal);
      changed.push(`${kind.kind}/${name}`);
    }
  }
  return changed;
}

/** undefined when every webhook has the bundle already. */
function withCaBundle(configuration: KubeObject, caBundle: string): KubeObject | undefined {
  const webhooks = jsonObjects(configuration['webhooks']);
  const trusted = (webhook: JsonObject): boolean =>
    jsonFields(webhook['clientConfig'])['caBundle'] === caBundle;
  if (webhooks.every(trusted)) return undefined;
  const updated = webhooks.map((webhook) => ({
    ...webhook,
    clientConfig: { ...jsonFields(webhook['clientConfig']), caBundle },
  }));
  return { ...configuration, webhooks: updated };
}
