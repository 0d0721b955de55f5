/**
 * The file a worker thread runs: in the source tree `<name>.ts` beside the module that asks, in the
 * bundle `<name>.js` beside the command, where `scripts/bundle.ts` puts it.
 * @param askedBy `import.meta.url` of the module that asks
 */
export function threadFile(name: string, askedBy: string): URL {
  if (askedBy.endsWith('.ts')) return new URL(`./${name}.ts`, askedBy);
  return new URL(askedBy.includes('/chunks/') ? `../${name}.js` : `./${name}.js`, askedBy);
}
