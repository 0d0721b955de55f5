import { cruise } from 'dependency-cruiser';

/** Nearly every folder imports it: its arrows would hide the others. */
const LEFT_OUT = 'runtime';

/** Which folder of the source imports which. */
export async function modulesPage(): Promise<string> {
  const edges = await importsBetween();
  const outer = between(edges, topFolder);
  const inner = between(
    edges.filter(({ from, to }) => isIn('controller', from) && isIn('controller', to)),
    (path) =>
      path
        .split('/')
        .slice(0, path.split('/').length > 3 ? 3 : 2)
        .join('/'),
  );
  return `# Modules

Generated from the source by \`npm run gen\`; do not edit.

An arrow means: imports. What may import what is a rule that the check holds
(\`.dependency-cruiser.js\`); this is what the source does.

## Folders of src

Left out: \`${LEFT_OUT}\`, which nearly all import and which imports none of them; and \`ui\`'s own files.

${mermaid(outer.filter(({ from, to }) => from !== LEFT_OUT && to !== LEFT_OUT))}

## Inside src/controller

${mermaid(inner.map(({ from, to }) => ({ from: lastName(from), to: lastName(to) })))}
`;
}

interface Edge {
  readonly from: string;
  readonly to: string;
}

async function importsBetween(): Promise<readonly Edge[]> {
  const { output } = await cruise(['src'], {
    doNotFollow: { path: 'node_modules' },
    includeOnly: '^src/',
    tsPreCompilationDeps: true,
  });
  if (typeof output === 'string') throw new TypeError('dependency-cruiser gave text, not modules');
  return output.modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
  );
}

function isIn(folder: string, path: string): boolean {
  return path.startsWith(`src/${folder}/`);
}

/** `src/storage/memory/x.ts` is of `storage`, `src/main.ts` of `main`. */
function topFolder(path: string): string {
  return (path.split('/')[1] ?? path).replace(/\.tsx?$/, '');
}

/** `src/controller` stands for the files that are in none of its folders. */
function lastName(path: string): string {
  return path === 'src/controller' ? 'own-files' : (path.split('/').at(-1) ?? path);
}

function between(edges: readonly Edge[], folderOf: (path: string) => string): readonly Edge[] {
  const distinct = new Map<string, Edge>();
  for (const edge of edges) {
    const [from, to] = [folderOf(edge.from), folderOf(edge.to)];
    if (from !== to) distinct.set(`${from} ${to}`, { from, to });
  }
  return [...distinct.keys()].toSorted().flatMap((key) => distinct.get(key) ?? []);
}

function mermaid(edges: readonly Edge[]): string {
  const lines = edges.map(({ from, to }) => `  ${from} --> ${to}`);
  return ['```mermaid', 'flowchart TD', ...lines, '```'].join('\n');
}
