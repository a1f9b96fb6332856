/**
 * The floors of the house: who may import whom below `src/`. `scripts/floors.mjs` runs them, and first proves on
 * `scripts/floors-proof/` that each rule can fail.
 */

/** From the roof down; rooms of one floor do not know each other. */
const floors = [
  ['session'],
  ['methods', 'evaluation', 'dataset', 'checkpoint'],
  ['models', 'augmentation', 'optimizers'],
  ['engine'],
  ['labels'],
  ['platform'],
];

const tests = '(\\.test\\.tsx?$|^src/checkpoint/parity\\.ts$|/testing/)';
const tfjs = '(^|/)@tensorflow/';

const floorRules = floors.flatMap((rooms, level) =>
  rooms.map((room) => ({
    name: `floor-of-${room}`,
    comment: `${room} imports itself, the recipe, and the floors below`,
    severity: 'error',
    from: { path: `^src/${room}/`, pathNot: tests },
    to: {
      path: '^src/',
      pathNot: `^src/(${[room, 'recipe', ...floors.slice(level + 1).flat()].join('|')})/`,
    },
  })),
);

/** Rules on every import, those of types included. */
export const importRules = [
  ...floorRules,
  {
    name: 'floor-of-app',
    comment:
      'the app knows a run only through the session client, its messages, experiments, the library, the recipe and the labels',
    severity: 'error',
    from: { path: '^src/app/', pathNot: tests },
    to: {
      path: '^src/',
      pathNot:
        '^src/(app/|recipe/|labels/|session/(client|protocol|budget/index|library/index)\\.ts$|platform/errors\\.ts$)',
    },
  },
  {
    name: 'recipe-imports-none',
    comment: 'everybody reads the recipe; it knows nobody',
    severity: 'error',
    from: { path: '^src/recipe/', pathNot: tests },
    to: { path: '^src/', pathNot: '^src/recipe/' },
  },
  {
    name: 'no-tfjs-here',
    comment: 'the app draws, and these rooms compute on plain arrays',
    severity: 'error',
    from: { path: '^src/(app|recipe|labels|evaluation|checkpoint|platform)/', pathNot: tests },
    to: { path: tfjs },
  },
  {
    name: 'node-stays-in-its-adapters',
    comment: 'what runs in the browser may not need Node',
    severity: 'error',
    from: { path: '^src/', pathNot: `(^src/platform/node/|${tests})` },
    to: {
      path: '(^(node:)?(fs|path|os|url|worker_threads|child_process)(/|$)|node_modules/(sharp|webgpu)/)',
    },
  },
  {
    name: 'tests-are-not-imported',
    comment: 'code does not lean on its tests or their helpers',
    severity: 'error',
    from: { path: '^src/', pathNot: tests },
    to: { path: tests },
  },
  {
    name: 'resolves',
    comment: 'an import that leads nowhere',
    severity: 'error',
    from: { path: '^src/', pathNot: '\\.test\\.tsx?$' },
    to: { couldNotResolve: true, pathNot: '\\.css$' },
  },
];

/** Rules on what is loaded at run time, directly or through others. */
export const reachRules = [
  {
    name: 'no-circle',
    comment: 'modules that need each other cannot be understood, or started, one by one',
    severity: 'error',
    from: { path: '^src/' },
    to: { circular: true },
  },
  {
    name: 'app-never-reaches-tfjs',
    comment: 'tensors live in the worker',
    severity: 'error',
    from: { path: '^src/app/', pathNot: tests },
    to: { path: tfjs, reachable: true },
  },
  {
    name: 'browser-never-reaches-node',
    comment: 'Node adapters are handed in by the scripts that run in Node',
    severity: 'error',
    from: { path: '^src/(app/|session/worker\\.ts$)', pathNot: tests },
    to: { path: '^src/platform/node/', reachable: true },
  },
];

const options = {
  doNotFollow: { path: 'node_modules' },
  exclude: { path: '\\.css$' },
  enhancedResolveOptions: {
    extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
    exportsFields: ['exports'],
    conditionNames: ['import', 'module', 'browser', 'default', 'types'],
    mainFields: ['module', 'main', 'types'],
  },
};

/** For editors and the command line: the rules on imports. */
export default { forbidden: importRules, options: { ...options, tsPreCompilationDeps: true } };
