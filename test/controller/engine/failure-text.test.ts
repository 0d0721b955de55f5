import { describe, expect, it } from 'vitest';
import { ForeignObjectError, failureText } from '../../../src/controller/engine/apply-objects.ts';
import { KubeApiError, KubeTransportError } from '../../../src/controller/kube/kube-api.ts';

const object = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'demo' } };
const PATH = 'PATCH /apis/apps/v1/namespaces/shop/deployments/demo?fieldManager=x&force=true';

describe('failureText', () => {
  it.each([
    [
      new KubeApiError(`${PATH}: Deployment.apps "demo" is invalid: spec.replicas: Invalid value`, {
        status: 422,
        reason: 'Invalid',
        said: 'Deployment.apps "demo" is invalid: spec.replicas: Invalid value',
      }),
      'Deployment demo is refused by the API server: Deployment.apps "demo" is invalid: spec.replicas: Invalid value',
    ],
    [
      new KubeTransportError(`${PATH}: ECONNREFUSED`),
      'Deployment demo: the API server did not answer',
    ],
    [
      new ForeignObjectError('it exists and belongs to no instance'),
      'Deployment demo: it exists and belongs to no instance',
    ],
  ])('names the object and the cause, not the request: %s', (error, text) => {
    expect(failureText({ object, error })).toBe(text);
  });
});
