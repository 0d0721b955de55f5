// The import table of ARCHITECTURE.md as data: a folder may import itself and what is named.
const layers = {
  model: [],
  runtime: [],
  drivers: ['runtime'],
  'record-log': ['runtime'],
  wire: ['model'],
  storage: ['model', 'wire', 'drivers', 'record-log', 'runtime'],
  sampling: ['model', 'runtime', 'storage'],
  pipeline: ['model', 'wire', 'sampling', 'storage', 'record-log', 'runtime'],
  receivers: ['model', 'wire', 'sampling', 'pipeline', 'runtime'],
  collector: [
    'model',
    'record-log',
    'wire',
    'drivers',
    'storage',
    'sampling',
    'pipeline',
    'receivers',
    'runtime',
  ],
  ingester: ['model', 'wire', 'drivers', 'storage', 'pipeline', 'runtime'],
  query: ['model', 'wire', 'storage', 'runtime'],
  'agent-sidecar': ['model', 'wire', 'drivers', 'sampling', 'pipeline', 'receivers', 'runtime'],
  'storage-server': ['model', 'wire', 'drivers', 'storage', 'pipeline', 'receivers', 'runtime'],
  'all-in-one': [
    'agent-sidecar',
    'collector',
    'query',
    'pipeline',
    'sampling',
    'storage',
    'runtime',
  ],
  controller: ['runtime'],
  local: ['controller/api', 'controller/desired', 'runtime'],
  ui: ['model'],
};
const openTo = {
  controller: ['^src/.+/config\\.ts$'],
  local: ['^src/.+/config\\.ts$', '^src/controller/kube-object\\.ts$'],
  ui: ['^src/query/api/'],
};
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    ...Object.entries(layers).map(([layer, allowed]) =>
      forbid(
        `${layer}-imports`,
        `src/${layer} may import only itself and: ${allowed.join(', ') || 'nothing'}. Move the code to the layer that may know both sides.`,
        { path: `^src/${layer}/` },
        {
          path: '^src/',
          pathNot: [layer, ...allowed].map((n) => `^src/${n}/`).concat(openTo[layer] ?? []),
        },
      ),
    ),
    forbid(
      'tools-not-ui',
      'Tools run without a browser.',
      { path: '^src/tools/' },
      { path: '^src/ui/' },
    ),
    forbid(
      'model-has-no-deps',
      'The model is what a trace is; it needs no package.',
      { path: '^src/model/' },
      { dependencyTypes: ['npm', 'npm-dev'] },
    ),
    forbid(
      'no-io-in-pure-code',
      'Pure code gets its facts as arguments.',
      { path: '^src/(model|wire|controller/(api|desired))/' },
      { dependencyTypes: ['core'], pathNot: '^(node:)?(assert|buffer|crypto|zlib)$' },
    ),
    forbid(
      'backends-apart',
      'A storage backend never knows another one; what several use is in held-spans.',
      { path: '^src/storage/([^/]+)/' },
      { path: '^src/storage/[^/]+/', pathNot: '^src/storage/($1|held-spans)/' },
    ),
    forbid(
      'desired-is-pure',
      'Desired state is a pure function of the instance and the facts.',
      { path: '^src/controller/(api|desired)/' },
      { path: '^src/controller/(engine|kube|webhook)/' },
    ),
    forbid(
      'engine-is-generic',
      'The engine knows Kubernetes objects, not JaegerInstances.',
      { path: '^src/controller/(engine|kube)/' },
      { path: '^src/controller/(api|desired|webhook)/' },
    ),
    forbid(
      'config-is-data',
      'A role config is data: schema, type, defaults.',
      { path: '^src/.+/config\\.ts$' },
      { path: '^src/', pathNot: '([/-]config\\.ts$|^src/runtime/)' },
    ),
    forbid('no-cycles', 'Break the cycle: one side owns the type.', {}, { circular: true }),
    forbid(
      'no-orphans',
      'Nothing imports this file: delete it or use it.',
      { orphan: true, path: '^src/', pathNot: '\\.d\\.ts$|^src/ui/public/' },
      {},
    ),
    forbid(
      'src-not-to-test',
      'Product code never imports tests.',
      { path: '^src/' },
      { path: '^test/' },
    ),
    forbid(
      'no-dev-deps',
      'A package used at run time belongs in dependencies.',
      { path: '^src/', pathNot: '^src/ui/' },
      { dependencyTypes: ['npm-dev'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage|artifacts)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
