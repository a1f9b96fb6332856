/**
 * Checks the floors (`.dependency-cruiser.mjs`). A rule that never fires proves nothing: first the same rules run
 * over `floors-proof/`, a small house with one known violation for each, and must report exactly those.
 */
import { join } from 'node:path';
import { cruise } from 'dependency-cruiser';
import config, { importRules, reachRules } from '../.dependency-cruiser.mjs';
import { root } from './paths.mjs';

const expected = [
  'app-never-reaches-tfjs: src/app/entry.ts → @tensorflow/tfjs-core',
  'app-never-reaches-tfjs: src/app/screen.ts → @tensorflow/tfjs-core',
  'browser-never-reaches-node: src/session/worker.ts → src/platform/node/files.ts',
  'floor-of-app: src/app/screen.ts → src/session/loop.ts',
  'floor-of-engine: src/engine/climbs.ts → src/app/screen.ts',
  'floor-of-evaluation: src/evaluation/sideways.ts → src/dataset/images.ts',
  'floor-of-labels: src/labels/climbs.ts → src/session/loop.ts',
  'no-circle: src/models/circleA.ts → src/models/circleB.ts',
  'no-tfjs-here: src/app/screen.ts → @tensorflow/tfjs-core',
  'node-stays-in-its-adapters: src/session/loop.ts → fs',
  'recipe-imports-none: src/recipe/leans.ts → src/models/circleA.ts',
  'resolves: src/models/circleA.ts → ./gone',
  'tests-are-not-imported: src/dataset/images.ts → src/dataset/images.test.ts',
];

const proof = await violations(join(root, 'scripts', 'floors-proof'));
const differing = [
  ...expected.filter((line) => !proof.lines.includes(line)).map((line) => `not reported: ${line}`),
  ...proof.lines.filter((line) => !expected.includes(line)).map((line) => `reported wrongly: ${line}`),
];
const house = await violations(root);

if (differing.length > 0) {
  console.error(`The floors check cannot be trusted; in scripts/floors-proof:\n  ${differing.join('\n  ')}`);
}
if (house.lines.length > 0) console.error(`Imports against the floors:\n  ${house.lines.join('\n  ')}`);
if (differing.length > 0 || house.lines.length > 0) process.exitCode = 1;
else
  console.log(
    `${house.modules} modules keep to their floors; ${expected.length} planted violations were found.`,
  );

/** @returns {Promise<{ lines: string[], modules: number }>} sorted `rule: from → to` lines */
async function violations(baseDir) {
  const runs = [
    await run(baseDir, importRules, { tsPreCompilationDeps: true }),
    await run(baseDir, reachRules, { tsPreCompilationDeps: false }),
  ];
  const lines = runs.flatMap(({ summary }) =>
    summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${shortened(to)}`),
  );
  return { lines: [...new Set(lines)].sort(), modules: runs[0].summary.totalCruised };
}

async function run(baseDir, forbidden, options) {
  const { output } = await cruise(['src'], {
    ...config.options,
    ...options,
    baseDir,
    ruleSet: { forbidden },
    validate: true,
  });
  return output;
}

/** `…/node_modules/@scope/name/dist/file.js` as `@scope/name`. */
function shortened(path) {
  return path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? path;
}
