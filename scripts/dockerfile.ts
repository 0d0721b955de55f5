/** The `config` of https://github.com/opencontainers/image-spec/blob/main/config.md#properties */
export interface ImageConfig {
  readonly User: string;
  readonly WorkingDir: string;
  readonly Entrypoint: readonly string[];
  readonly Env: readonly string[];
  readonly Labels: Readonly<Record<string, string>>;
}

/** The whole file system of the image, as the Dockerfile must copy it. */
export const ROOT_FOLDER = 'dist/rootfs';

/** A command looks for programs here; container engines add it to every image they build. */
const PATH = 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * What a Dockerfile says about the image's process. Takes only what makes the same image anywhere:
 * one copied folder and the instructions below, each value in one form.
 * @throws Error for anything else
 */
export function imageConfig(dockerfile: string): ImageConfig {
  const env = [PATH];
  const labels: Record<string, string> = {};
  const single = new Map<string, string>();
  for (const line of instructionsOf(dockerfile)) {
    const [, instruction = '', value = ''] = /^([A-Z]+) (.+)$/.exec(line) ?? [];
    const [, name = '', quoted] = /^([\w.]+)="([^"$\\]*)"$/.exec(value) ?? [];
    if (instruction === 'ENV' && quoted !== undefined) env.push(`${name}=${quoted}`);
    else if (instruction === 'LABEL' && quoted !== undefined) labels[name] = quoted;
    else if (SINGLE.has(instruction) && !single.has(instruction)) single.set(instruction, value);
    else throw new Error(`Dockerfile: ${line}: scripts/dockerfile.ts does not know how to do this`);
  }
  const one = (instruction: string): string => {
    const value = single.get(instruction);
    if (value === undefined) throw new Error(`Dockerfile: ${instruction} is missing`);
    return value;
  };
  if (one('FROM') !== 'scratch' || one('COPY') !== `${ROOT_FOLDER}/ /`) {
    throw new Error(`Dockerfile: an image is FROM scratch and COPY ${ROOT_FOLDER}/ /`);
  }
  return {
    User: one('USER'),
    WorkingDir: one('WORKDIR'),
    Entrypoint: stringList(one('ENTRYPOINT')),
    Env: env,
    Labels: labels,
  };
}

const SINGLE: ReadonlySet<string> = new Set(['FROM', 'COPY', 'WORKDIR', 'USER', 'ENTRYPOINT']);

function instructionsOf(dockerfile: string): readonly string[] {
  return dockerfile.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

function stringList(json: string): readonly string[] {
  const list: unknown = JSON.parse(json);
  if (!Array.isArray(list) || !list.every((item) => typeof item === 'string')) {
    throw new Error(`Dockerfile: ${json} is not a list of texts`);
  }
  return list;
}
