import { storageServerSettings } from '../../storage-server/config.ts';
import { storageSettings } from '../../storage/config.ts';
import type { NormalInstance } from '../api/defaults.ts';
import { flattenOptions } from '../api/options.ts';
import { embeddedOptions } from './data-volume.ts';
import { namesOf } from './names.ts';
import type { RoleName } from './role-ports.ts';

/** A role's settings by flag: the component's own over those of the storage over the operator's. */
export function roleOptions(instance: NormalInstance, role: RoleName): ReadonlyMap<string, string> {
  const { allInOne, collector, query, storage } = instance.spec;
  switch (role) {
    case 'all-in-one': {
      const stored =
        storage.type === 'memory' ? flattenOptions(storage.options) : embeddedOptions(storage);
      return merged(stored, allInOne.options);
    }
    case 'storage':
      return merged(embeddedOptions(storage), storage.embedded.options);
    case 'collector':
      return merged(remoteOptions(instance), collector.options);
    case 'query':
      return merged(remoteOptions(instance), query.options);
  }
}

/** The role that answers queries: its options say where. */
export function queryOptions(instance: NormalInstance): ReadonlyMap<string, string> {
  return roleOptions(instance, instance.spec.strategy === 'production' ? 'query' : 'all-in-one');
}

/** The storage-server as other roles of the instance reach it. */
function remoteOptions(instance: NormalInstance): ReadonlyMap<string, string> {
  const { storageService } = namesOf(instance.name);
  const { port } = storageServerSettings.grpc.hostPort.default;
  const server = `${storageService}.${instance.namespace}.svc:${port}`;
  return new Map([[storageSettings.grpc.server.flag, server]]);
}

function merged(
  first: ReadonlyMap<string, string>,
  options: Readonly<Record<string, unknown>> | undefined,
): ReadonlyMap<string, string> {
  return new Map([...first, ...flattenOptions(options)]);
}
