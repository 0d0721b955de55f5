import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tar } from './tar.ts';
import type { TarEntry } from './tar.ts';

export interface Image {
  /** `registry/repository:tag` */
  readonly name: string;
  /** The `config` of https://github.com/opencontainers/image-spec/blob/main/config.md#properties */
  readonly config: object;
  /** The files of its one layer. */
  readonly entries: readonly TarEntry[];
}

export interface WrittenImage {
  /** Digest of the image's manifest: `sha256:…`. */
  readonly digest: string;
  /** Size of the archive. */
  readonly bytes: number;
}

interface Blob {
  readonly content: Uint8Array;
  readonly digest: string;
}

const OCI = 'application/vnd.oci.image';
const PLATFORM = { architecture: process.arch === 'x64' ? 'amd64' : process.arch, os: 'linux' };

/**
 * Writes an image as one tar: an OCI layout that is a docker-archive too, so that both `ctr images
 * import` and `docker load` take it. Same image, same bytes.
 */
export async function writeImageArchive(file: string, image: Image): Promise<WrittenImage> {
  const layer = blobOf(tar(image.entries));
  const created = '1970-01-01T00:00:00Z';
  const config = jsonBlob({
    created,
    ...PLATFORM,
    config: image.config,
    rootfs: { type: 'layers', diff_ids: [layer.digest] },
    history: [{ created }],
  });
  const manifest = jsonBlob({
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: descriptor(`${OCI}.config.v1+json`, config),
    layers: [descriptor(`${OCI}.layer.v1.tar`, layer)],
  });
  const blobs = [config, manifest, layer];
  const archive = tar([
    jsonEntry('oci-layout', { imageLayoutVersion: '1.0.0' }),
    jsonEntry('index.json', ociIndex(image.name, manifest)),
    jsonEntry('manifest.json', [
      { Config: blobPath(config), RepoTags: [image.name], Layers: [blobPath(layer)] },
    ]),
    ...blobs.map((blob) => ({ path: blobPath(blob), mode: 0o644, content: blob.content })),
  ]);
  await writeFile(file, archive);
  return { digest: manifest.digest, bytes: archive.length };
}

function ociIndex(name: string, manifest: Blob): unknown {
  const annotations = {
    'io.containerd.image.name': name,
    'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1),
  };
  const mediaType = `${OCI}.manifest.v1+json`;
  return {
    schemaVersion: 2,
    mediaType: `${OCI}.index.v1+json`,
    manifests: [{ ...descriptor(mediaType, manifest), platform: PLATFORM, annotations }],
  };
}

function descriptor(
  mediaType: string,
  { digest, content }: Blob,
): Readonly<Record<string, unknown>> {
  return { mediaType, digest, size: content.length };
}

function blobOf(content: Uint8Array): Blob {
  return { content, digest: `sha256:${createHash('sha256').update(content).digest('hex')}` };
}

function jsonBlob(value: unknown): Blob {
  return blobOf(Buffer.from(JSON.stringify(value)));
}

function jsonEntry(path: string, value: unknown): TarEntry {
  return { path, mode: 0o644, content: Buffer.from(JSON.stringify(value)) };
}

function blobPath({ digest }: Blob): string {
  return `blobs/${digest.replace(':', '/')}`;
}
