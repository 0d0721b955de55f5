/** Names of folders stay below what file systems take. */
const NAME_BYTES_MAX = 200;
const PREFIX = 't-';

/**
 * The folder of a tenant: small letters, digits and hyphens as they are, other bytes as `%` and two
 * hex digits, which is safe where capitals are not told apart. undefined when it would be too long.
 */
export function tenantFolder(tenant: string): string | undefined {
  let name = PREFIX;
  for (const byte of new TextEncoder().encode(tenant)) {
    const letter = String.fromCharCode(byte);
    name += /[a-z0-9-]/.test(letter) ? letter : `%${byte.toString(16).padStart(2, '0')}`;
  }
  return name.length <= NAME_BYTES_MAX ? name : undefined;
}

/** undefined for a folder that is no tenant's. */
export function tenantOfFolder(folder: string): string | undefined {
  if (!folder.startsWith(PREFIX)) return undefined;
  try {
    const tenant = decodeURIComponent(folder.slice(PREFIX.length));
    return tenantFolder(tenant) === folder ? tenant : undefined;
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
