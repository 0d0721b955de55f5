import { createHash } from 'node:crypto';
import { querySettings } from '../../query/config.ts';
import { samplingSettings } from '../../sampling/config.ts';
import type { NormalInstance } from '../api/defaults.ts';
import type { KubeObject } from '../kube-object.ts';
import type { Component } from './labels.ts';
import { namesOf } from './names.ts';
import { objectMeta } from './object-meta.ts';
import { stableJson } from './stable-json.ts';

/** A ConfigMap with one file, and where a role finds that file. */
export interface MountedFile {
  readonly configMap: KubeObject;
  readonly volumeName: string;
  readonly key: string;
  readonly folder: string;
  readonly fileName: string;
  /** The flag that names the file. */
  readonly flag: string;
}

/** What clients are told when the instance says nothing: sample everything. */
const DEFAULT_SAMPLING = { default_strategy: { type: 'probabilistic', param: 1 } };

interface FileSpec {
  readonly component: Component;
  readonly name: string;
  readonly content: Readonly<Record<string, unknown>>;
  readonly key: string;
  readonly folder: string;
  readonly fileName: string;
  readonly flag: string;
}

/** What a role reads. */
export interface RoleFiles {
  /** Name of the ConfigMap with the role's config, and what is in it. */
  readonly configuration: string;
  readonly config: Readonly<Record<string, unknown>> | undefined;
  readonly sampling: boolean;
  readonly ui: boolean;
}

/** The files of a role; an option that names a file of the user's takes the place of ours. */
export function mountedFiles(
  instance: NormalInstance,
  { configuration, config = {}, sampling, ui }: RoleFiles,
  options: ReadonlyMap<string, string>,
): readonly MountedFile[] {
  const files: readonly FileSpec[] = [
    {
      component: 'configuration',
      name: configuration,
      content: config,
      key: 'config',
      folder: '/etc/jaeger/config',
      fileName: 'config.json',
      flag: 'config',
    },
    ...(sampling ? [samplingFile(instance)] : []),
    ...(ui ? [uiFile(instance)] : []),
  ];
  return files
    .filter(({ content, flag }) => Object.keys(content).length > 0 && !options.has(flag))
    .map((file) => mountedFile(instance, file));
}

function samplingFile({ name, spec }: NormalInstance): FileSpec {
  return {
    component: 'sampling-configuration',
    name: namesOf(name).samplingConfiguration,
    content: Object.keys(spec.sampling).length > 0 ? spec.sampling : DEFAULT_SAMPLING,
    key: 'sampling',
    folder: '/etc/jaeger/sampling',
    fileName: 'sampling.json',
    flag: samplingSettings.strategiesFile.flag,
  };
}

function uiFile({ name, spec }: NormalInstance): FileSpec {
  return {
    component: 'ui-configuration',
    name: namesOf(name).uiConfiguration,
    content: spec.ui,
    key: 'ui',
    folder: '/etc/config',
    fileName: 'ui.json',
    flag: querySettings.uiConfig.flag,
  };
}

function mountedFile(instance: NormalInstance, file: FileSpec): MountedFile {
  const { component, name, content, key, folder, fileName, flag } = file;
  const configMap: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: objectMeta(instance, { name, component }),
    data: { [key]: stableJson(content) },
  };
  return { configMap, volumeName: component, key, folder, fileName, flag };
}

/** The same for the same content, whatever else of the objects changes. */
export function configHash(files: readonly MountedFile[]): string {
  const content = files.map(({ configMap }) => [configMap.metadata.name, configMap['data']]);
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}
