/**
 * What a large data set costs a training step: `npm run bench:sets -- --help`. The same recipe trains on few and on
 * many pictures that lie in a file, as stored sets do, in turns and in one process. Pictures are read when a step
 * asks for them and there is no room on the device for all.
 */
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { installNodeWebGpu } from '../src/platform/node/webgpu';
import type { ReadableFile } from '../src/platform/storage';
import { findPreset, pictureRoom, type Recipe } from '../src/recipe';
import { type Spread, spread } from './measure';
import { table } from './report';

const help = `npm run bench:sets -- [options]
  --counts 500,10000    pictures of the sets; the first is what the others are held against
  --slots N             for one more run on the last set, with room for N pictures only     [256]
  --preset NAME         what trains                                                         [photos-quick]
  --side N              of the stored pictures, px                                          [80]
  --rounds N            timed turns of each                                                 [15]
  --steps N             steps in a turn, three under way at a time as in the session        [8]
  --json FILE           all figures`;

const { values } = parseArgs({
  options: {
    counts: { type: 'string', default: '500,10000' },
    slots: { type: 'string', default: '256' },
    preset: { type: 'string', default: 'photos-quick' },
    side: { type: 'string', default: '80' },
    rounds: { type: 'string', default: '15' },
    steps: { type: 'string', default: '8' },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
const counts = values.counts.split(',').map(Number);
const [side, rounds, turnSteps] = [values.side, values.rounds, values.steps].map(Number) as [
  number,
  number,
  number,
];
const inFlight = 3;
/** Pictures of noise made at once. */
const chunk = 500;

/** A file of `count` pictures of noise, three bytes a pixel. */
function writePictures(path: string, count: number): void {
  const file = openSync(path, 'w');
  const bytes = new Uint8Array(chunk * side * side * 3);
  let state = 1;
  for (let from = 0; from < count; from += chunk) {
    for (let i = 0; i < bytes.length; i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes[i] = state >>> 24;
    }
    writeSync(file, bytes, 0, Math.min(chunk, count - from) * side * side * 3);
  }
  closeSync(file);
}

function readableFile(path: string, size: number): ReadableFile {
  const file = openSync(path, 'r');
  return {
    size,
    read: (into, at) => void readSync(file, into, 0, into.length, at),
    close: () => closeSync(file),
  };
}

interface Contestant {
  name: string;
  /** Room on the device, pictures. */
  slots: number;
  /** A turn, ms per step, and of it the time spent reading pictures. */
  turn(): Promise<{ stepMs: number; readMs: number }>;
  dispose(): void;
}

async function contestant(recipe: Recipe, path: string, count: number, slots: number): Promise<Contestant> {
  const { openImages } = await import('../src/augmentation');
  const { createSampler } = await import('../src/dataset');
  const { storedPixels } = await import('../src/dataset/storage/storedPixels');
  const { createMethod } = await import('../src/methods');
  const file = readableFile(path, count * side * side * 3);
  const stored = storedPixels([{ file, rows: count }], side);
  let readMs = 0;
  const source = {
    take(indices: ArrayLike<number>) {
      const from = performance.now();
      const taken = stored.take(indices);
      readMs += performance.now() - from;
      return taken;
    },
  };
  const store = openImages(source, slots, side);
  const trainIndices = Int32Array.from({ length: count }, (_, i) => i);
  const labels = new Int32Array(count).map((_, i) => i % 10);
  const method = createMethod(recipe, {
    store,
    trainIndices,
    batchAt: createSampler(trainIndices, recipe.batch_size, 0).batchIndices,
    labels: { classes: 10, given: labels, truth: labels },
  });
  await method.prepare();
  return {
    name: `${count.toLocaleString('en-GB')} pictures`,
    slots,
    async turn() {
      readMs = 0;
      const from = performance.now();
      const flights: Promise<unknown>[] = [];
      for (let step = 0; step < turnSteps; step++) {
        if (step >= inFlight) await flights[step - inFlight];
        flights.push(method.trainStep(recipe));
      }
      await Promise.all(flights);
      return { stepMs: (performance.now() - from) / turnSteps, readMs: readMs / turnSteps };
    },
    dispose() {
      method.dispose();
      store.dispose();
      stored.close();
    },
  };
}

interface Figures {
  name: string;
  slots: number;
  stepMs: Spread;
  readMs: Spread;
  /** Of the medians, to the first. */
  ratio: number;
}

async function measure(recipe: Recipe, contestants: readonly Contestant[]): Promise<Figures[]> {
  const samples = contestants.map(() => ({ stepMs: [] as number[], readMs: [] as number[] }));
  // Until the smallest set is on the device, and everything has run.
  const warm = Math.ceil(counts[0]! / recipe.batch_size / turnSteps) + 2;
  for (let round = -warm; round < rounds; round++) {
    for (let i = 0; i < contestants.length; i++) {
      const at = (i + round + warm) % contestants.length;
      const { stepMs, readMs } = await contestants[at]!.turn();
      if (round < 0) continue;
      samples[at]!.stepMs.push(stepMs);
      samples[at]!.readMs.push(readMs);
    }
  }
  const first = spread(samples[0]!.stepMs).median;
  return contestants.map(({ name, slots }, i) => {
    const stepMs = spread(samples[i]!.stepMs);
    return { name, slots, stepMs, readMs: spread(samples[i]!.readMs), ratio: stepMs.median / first };
  });
}

const shown = ({ median, min, max }: Spread) => `${median.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;

async function main(): Promise<void> {
  installNodeWebGpu();
  const { startDependencies } = await import('../src/session/engineDependencies');
  const { engine } = await startDependencies();
  const preset = findPreset(values.preset);
  if (preset === undefined) throw new Error(`There is no preset ${values.preset}.`);
  const { recipe } = preset;
  const { adapter, maxBufferBytes, budgetBytes } = engine;
  const folder = mkdtempSync(join(tmpdir(), 'pawsaur-sets-'));
  try {
    const path = join(folder, 'pictures.rgb');
    const last = counts.at(-1)!;
    writePictures(path, Math.max(...counts));
    const room = (pictures: number) =>
      pictureRoom(recipe, { pictures, imageSize: side, classes: 10, maxBufferBytes, budgetBytes });
    const contestants: Contestant[] = [];
    for (const count of counts) contestants.push(await contestant(recipe, path, count, room(count)));
    contestants.push(await contestant(recipe, path, last, Number(values.slots)));
    const figures = await measure(recipe, contestants);
    const head = ['', 'room on the device', 'step, ms', 'of it reading, ms', `to ${figures[0]!.name}`];
    const rows = figures.map(({ name, slots, stepMs, readMs, ratio }) => [
      name,
      slots.toLocaleString('en-GB'),
      shown(stepMs),
      shown(readMs),
      ratio.toFixed(3),
    ]);
    console.log(
      `${values.preset}, pictures of ${side} px, batch ${recipe.batch_size}\n\n${table([head, ...rows])}`,
    );
    console.log(`\n${adapter}, ${new Date().toISOString()}`);
    if (values.json) writeFileSync(values.json, `${JSON.stringify({ adapter, figures }, null, 2)}\n`);
    for (const { dispose } of contestants) dispose();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (values.help) console.log(help);
else await main();
process.exit(0);
