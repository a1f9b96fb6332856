/**
 * Writes down all that a worker tells the page during a run of confetti-quick, for the page to be tried on without
 * a device: `node scripts/run.mjs e2e/messageLog.ts FILE.json`. Session, pictures, scores and the sizes of all
 * arrays are those of the real run; the network is a stand-in that gives noise, on a clock of its own.
 */
import { writeFileSync } from 'node:fs';
import { makeBuiltinDataset } from '../src/dataset';
import type { StepReport, TrainingMethod } from '../src/methods/method';
import { randomStream } from '../src/platform/random';
import { findPreset, planRun, type Recipe } from '../src/recipe';
import type { Command, SessionEvent } from '../src/session/protocol';
import { TrainingSession } from '../src/session/trainingSession';

/** What things take on a slow GPU, ms: each step is told by itself then. */
const stepMs = 100;
const lookMs = 20;

const clock = { ms: 0 };
const rng = randomStream(1, 'message log');
const noise = (length: number) => Float32Array.from({ length }, () => rng.uniform());
const pixels = (length: number) => Uint8ClampedArray.from({ length }, () => rng.bits() & 255);

/** The shapes of confetti-quick without its arithmetic. */
function standIn(recipe: Recipe, trainImages: number): TrainingMethod {
  const { totalSteps, stepsPerEpoch } = planRun(recipe, trainImages);
  const features = recipe.embed_dim;
  let step = 0;
  const report = (at: number): StepReport => {
    const kl = 1 + 0.1 * rng.uniform();
    const lr = 1e-3 * Math.min(1, at / 50);
    const temperatures = { teacherTemp: recipe.teacher_temp, studentTemp: recipe.student_temp };
    return {
      loss: 2 * Math.exp(-at / 100) + kl + 1,
      teacherEntropy: 1 + rng.uniform(),
      meanTeacherEntropy: 4,
      kl,
      gradNorm: 1 + rng.uniform(),
      lr,
      weightDecay: 0.04,
      momentum: recipe.momentum_teacher,
      ...temperatures,
    };
  };
  return {
    kind: 'dino',
    networks: ['student', 'teacher'],
    totalSteps,
    stepsPerEpoch,
    hasAttention: true,
    featureDim: features,
    get step() {
      return step;
    },
    prepare: async ({ onProgress } = {}) => {
      for (let done = 0; done <= 31; done++) onProgress?.(done, 31);
    },
    trainStep: async () => {
      step++;
      clock.ms += stepMs;
      return report(step);
    },
    views: async (maxImages) => {
      clock.ms += lookMs;
      const n = Math.min(maxImages, recipe.batch_size);
      const sizes = [0, 1].map((i) => ({ name: `global ${i + 1}`, size: recipe.global_crops_size }));
      for (let i = 0; i < recipe.local_crops_number; i++) {
        sizes.push({ name: `local ${i + 1}`, size: recipe.local_crops_size });
      }
      const box = () => ({
        top: 8 * rng.uniform(),
        left: 8 * rng.uniform(),
        height: 40,
        width: 40,
        flip: false,
      });
      return {
        indices: Int32Array.from({ length: n }, (_, i) => (17 * step + i) % trainImages),
        views: sizes.map(({ name, size }) => ({
          name,
          size,
          boxes: Array.from({ length: n }, box),
          pixels: pixels(4 * n * size * size),
        })),
        answers: {
          terms: noise(2 * sizes.length),
          targets: noise(2 * recipe.out_dim),
          predictions: noise(sizes.length * recipe.out_dim),
        },
      };
    },
    features: async (indices) => {
      clock.ms += 0.1 * indices.length;
      return noise(indices.length * features);
    },
    attention: async (indices, _, imageSize = recipe.global_crops_size) => {
      clock.ms += lookMs;
      const side = imageSize / recipe.patch_size;
      const heads = recipe.num_heads;
      return { heads, rows: side, cols: side, weights: noise(indices.length * heads * side * side) };
    },
    fineTune: async () => {
      throw new Error('Nobody fine-tunes here.');
    },
    calibrate: async () => undefined,
    stateDict: async () => [],
    dispose: () => undefined,
  };
}

type Told = { at: number; event: SessionEvent };

async function record(): Promise<Record<string, Told[]>> {
  const preset = findPreset('confetti-quick');
  if (preset === undefined) throw new Error('There is no preset confetti-quick.');
  const recipe = { ...preset.recipe, eval_images: 200 };
  const log: Record<string, Told[]> = {};
  let told: Told[] = [];
  let begun = 0;
  let finished: () => void = () => undefined;
  const session = new TrainingSession(
    {
      makeBuiltin: async (name, { seed }) => makeBuiltinDataset(name, { seed }),
      openSet: async () => {
        throw new Error('There is no library here.');
      },
      createMethod: async (_, dataset) =>
        standIn(recipe, dataset.heldOut.filter((heldOut) => heldOut === 0).length),
      onEngineFailure: () => () => undefined,
      gpuBytes: () => 128 * 2 ** 20,
      planRun: () => ({
        gpuBytes: 128 * 2 ** 20,
        stateBytes: 80 * 2 ** 20,
        largestBufferBytes: 2 ** 25,
        dispatches: 243,
      }),
      now: () => clock.ms,
    },
    (event) => {
      if (event.type !== 'done') told.push({ at: clock.ms - begun, event });
      if (event.type === 'state' && event.state.phase === 'finished') finished();
    },
  );
  let id = 0;
  const perform = async (command: { type: Command['type'] } & Record<string, unknown>) => {
    told = [];
    begun = clock.ms;
    log[command.type] = told;
    await session.handle({ ...command, id: ++id } as Command);
  };
  await perform({ type: 'loadBuiltin', name: 'confetti', seed: 0, params: {} });
  await perform({ type: 'plan', recipe });
  await perform({ type: 'prepare', recipe });
  const end = new Promise<void>((resolve) => {
    finished = resolve;
  });
  await perform({ type: 'start' });
  await end;
  return log;
}

/** Typed arrays as their name and their bytes in base64. */
function encode(_: string, value: unknown): unknown {
  if (!ArrayBuffer.isView(value)) return value;
  const { buffer, byteOffset, byteLength } = value;
  return {
    array: value.constructor.name,
    base64: Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64'),
  };
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('Usage: node scripts/run.mjs e2e/messageLog.ts FILE.json');
writeFileSync(file, JSON.stringify(await record(), encode));
