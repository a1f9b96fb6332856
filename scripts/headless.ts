/**
 * Trains in Node as the page does in its worker: `npm run headless -- --data confetti --steps 50`. Prints the
 * numbers as lines and, with --json, writes them all. Ends with 0, with 1 when the run failed, with 2 when
 * the arguments do not fit.
 */

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { asPawsaurError, PawsaurError } from '../src/platform/errors';
import { installNodeWebGpu } from '../src/platform/node/webgpu';
import { type HeadlessOptions, readArguments, usage } from './headless/arguments';

/** What was measured of this machine, in the cache of the scripts. This program runs from a bundle in there. */
const storeFile = resolve(process.argv[1] ?? '', '../../.cache/measured.json');

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const options = readArguments(args);
  if (options === null) {
    console.log(usage);
    return;
  }
  if (options.json !== null) refuseUnwritable(options.json);
  // tfjs looks for WebGPU when it is imported.
  installNodeWebGpu();
  const { HeadlessRun } = await import('./headless/run');
  const { engineLine } = await import('./headless/lines');
  const { runText } = await import('../src/session/runFile');
  const print = options.quiet ? () => undefined : (line: string) => console.log(line);
  const { engine, dependencies } = await startDependencies(options, print);
  print(engineLine(engine));

  if (options.budget !== null) {
    const end = new AbortController();
    process.once('SIGINT', () => end.abort());
    const { trainBudget } = await import('./headless/budget');
    await trainBudget(options, engine, dependencies, (line) => console.log(line), end.signal);
    return;
  }

  const run = new HeadlessRun(options, engine, dependencies, print);
  process.once('SIGINT', () => void run.stop());
  try {
    await run.train();
    console.log(run.summary());
  } finally {
    if (options.json !== null) {
      const command = ['npm run headless --', ...args.map(quoted)].join(' ');
      writeFileSync(options.json, `${runText(run.file(command), 1)}\n`);
    }
  }
}

async function startDependencies({ data }: HeadlessOptions, print: (line: string) => void) {
  const { startDependencies: start } = await import('../src/session/engineDependencies');
  const { fileStore } = await import('../src/platform/node/keyValueStore');
  const { engine, dependencies } = await start({ store: fileStore(storeFile) });
  if ('builtin' in data) return { engine, dependencies };
  const { importData } = await import('./headless/importData');
  const { nodeImageDecoder: decoder } = await import('../src/platform/node/imageDecoder');
  const openSet: typeof dependencies.openSet = (_, options) =>
    importData(data.path, decoder, { ...options, print });
  return { engine, dependencies: { ...dependencies, openSet } };
}

/** Before a long run, not after it. */
function refuseUnwritable(path: string): void {
  try {
    writeFileSync(path, '', { flag: 'a' });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PawsaurError('headless/arguments', `--json ${path} cannot be written: ${reason}.`);
  }
}

function quoted(argument: string): string {
  return /^[\w./=:,-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}

/** Dawn may keep the process alive: it is ended once everything has been written. */
function end(code: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}

main().then(
  () => end(0),
  (thrown: unknown) => {
    const { code, message, hint, cause } = asPawsaurError(thrown);
    console.error([message, hint].filter(Boolean).join('\n'));
    if (code === 'unexpected' && cause instanceof Error) console.error(cause.stack);
    end(['headless/arguments', 'headless/refused'].includes(code) ? 2 : 1);
  },
);
