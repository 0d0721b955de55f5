import { envName } from '../../runtime/resolve-config.ts';
import type { StorageConfig } from '../../storage/config.ts';
import { storageSettings } from '../../storage/config.ts';
import type { NormalInstance } from '../api/defaults.ts';
import type { EnvironmentVariable } from '../api/pod-schema.ts';
import type { KubeObject } from '../kube-object.ts';
import { mountedFiles } from './config-maps.ts';
import { dataVolume } from './data-volume.ts';
import { COLLECTED, EMBEDDED, SERVED, STORED_IN_MEMORY } from './memory-environment.ts';
import { namesOf } from './names.ts';
import { roleOptions } from './role-options.ts';
import type { RolePods } from './role-pods.ts';

/** The roles of an instance, in the order in which they are needed: the storage first. */
export function instanceRoles(instance: NormalInstance): readonly RolePods[] {
  return instance.spec.strategy === 'production'
    ? [storagePods(instance), collectorPods(instance), queryPods(instance)]
    : [allInOnePods(instance)];
}

/** A role without files reads none; two roles that read the same one share it. */
export function instanceConfigMaps(instance: NormalInstance): readonly KubeObject[] {
  const maps = instanceRoles(instance).flatMap(({ files }) =>
    files.map(({ configMap }) => [configMap.metadata.name, configMap] as const),
  );
  return [...new Map(maps).values()];
}

function storageEnvironment(type: StorageConfig['type']): readonly EnvironmentVariable[] {
  return [{ name: envName(storageSettings.type), value: type }];
}

function allInOnePods(instance: NormalInstance): RolePods {
  const { allInOne: block, storage } = instance.spec;
  const names = namesOf(instance.name);
  const role = 'all-in-one';
  const inMemory = storage.type === 'memory';
  const name = inMemory ? names.allInOne : names.allInOneStatefulSet;
  const options = roleOptions(instance, role);
  const files = { configuration: names.configuration, sampling: true, ui: true };
  return {
    role,
    name,
    containerName: 'jaeger',
    command: 'all-in-one',
    block,
    options,
    env: storageEnvironment(storage.type),
    bounds: [...(inMemory ? [STORED_IN_MEMORY] : EMBEDDED), COLLECTED],
    requests: { cpu: '100m', memory: '256Mi' },
    files: mountedFiles(instance, { ...files, config: block.config }, options),
    ...(inMemory ? {} : { volume: dataVolume(instance, { role, name }, options) }),
  };
}

function storagePods(instance: NormalInstance): RolePods {
  const { embedded: block } = instance.spec.storage;
  const { storage: name, storageConfiguration: configuration } = namesOf(instance.name);
  const role = 'storage';
  const options = roleOptions(instance, role);
  const files = { configuration, sampling: false, ui: false };
  return {
    role,
    name,
    containerName: 'jaeger-storage',
    command: 'storage-server',
    block,
    options,
    env: storageEnvironment('embedded'),
    bounds: [...EMBEDDED, SERVED],
    requests: { cpu: '100m', memory: '256Mi' },
    files: mountedFiles(instance, { ...files, config: block.config }, options),
    volume: dataVolume(instance, { role, name }, options),
  };
}

function collectorPods(instance: NormalInstance): RolePods {
  const { collector: block } = instance.spec;
  const { collector: name, collectorConfiguration: configuration } = namesOf(instance.name);
  const options = roleOptions(instance, 'collector');
  const files = { configuration, sampling: true, ui: false };
  return {
    role: 'collector',
    name,
    containerName: 'jaeger-collector',
    command: 'collector',
    block,
    options,
    env: storageEnvironment('grpc'),
    bounds: [COLLECTED],
    requests: { cpu: '100m', memory: '128Mi' },
    files: mountedFiles(instance, { ...files, config: block.config }, options),
  };
}

function queryPods(instance: NormalInstance): RolePods {
  const { query: block } = instance.spec;
  const { query: name, queryConfiguration: configuration } = namesOf(instance.name);
  const options = roleOptions(instance, 'query');
  const files = { configuration, sampling: false, ui: true };
  return {
    role: 'query',
    name,
    containerName: 'jaeger-query',
    command: 'query',
    block,
    options,
    env: storageEnvironment('grpc'),
    bounds: [],
    requests: { cpu: '50m', memory: '128Mi' },
    files: mountedFiles(instance, { ...files, config: block.config }, options),
  };
}
