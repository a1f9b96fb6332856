/** A method that trains nothing, and a data set that fits it: the session's tests need no device. */

import { type ImageDataset, memoryMasks, memoryPixels } from '../../dataset';
import type { RunLabels } from '../../labels';
import type {
  Ballot,
  FineTuneOptions,
  FineTuneReport,
  LiveSettings,
  NetworkName,
  PrepareOptions,
  StepReport,
  TrainingMethod,
  ViewPictures,
} from '../../methods/method';
import { PawsaurError } from '../../platform/errors';
import { type MethodName, methodFacts, officialRecipe, type Recipe } from '../../recipe';
import type { SessionDependencies } from '../dependencies';

const featureDim = 4;
const heads = 2;
const grid = 2;

/** Ten steps, an evaluation after every fourth, on 4 px crops. */
export const fakeRecipe: Recipe = {
  ...officialRecipe,
  batch_size: 4,
  epochs: 5,
  steps_per_epoch: 2,
  warmup_epochs: 1,
  freeze_last_layer: 0,
  eval_every: 4,
  eval_images: 10,
  out_dim: 64,
};

export function fakeDataset(overrides: Partial<ImageDataset> = {}): ImageDataset {
  const size = 80;
  const count = 12;
  const length = count * size * size;
  const pixels = Uint32Array.from({ length }, (_, i) => (0xff000000 | (i * 2654435761)) >>> 0);
  const masks = Uint8Array.from({ length }, (_, i) => ((i % size) * 2 < size ? 1 : 0));
  return {
    set: null,
    revision: 0,
    name: 'confetti',
    kind: 'builtin',
    size,
    count,
    pixels: memoryPixels(pixels, size),
    rows: Int32Array.from({ length: count }, (_, i) => i),
    classNames: ['round', 'square'],
    labels: Int32Array.from({ length: count }, (_, i) => i % 2),
    masks: memoryMasks(masks, size),
    names: Array.from({ length: count }, (_, i) => `picture ${i}`),
    heldOut: Uint8Array.from({ length: count }, (_, i) => (i < 8 ? 0 : 1)),
    ...overrides,
  };
}

/** What a run knows that is told nothing. */
export function noLabels({ count, classNames, labels }: ImageDataset): RunLabels {
  return { classes: classNames.length, given: new Int32Array(count).fill(-1), truth: labels };
}

/** What the fake did, and what it shall do. */
export class FakeDevice {
  /** Operations on the device at this moment, steps apart. */
  busy = 0;
  /** Steps under way at this moment, and the most there ever were. */
  stepping = 0;
  mostStepping = 0;
  /** Operations that began while another was under way; steps may overlap one another. */
  readonly clashes: string[] = [];
  trainSteps = 0;
  calibrations = 0;
  alive = 0;
  /** Fine-tuned networks that nobody has freed. */
  tuning = 0;
  liveSeen: LiveSettings[] = [];
  /** The labels that each step saw. */
  givenSeen: Int32Array[] = [];
  /** Called before each operation; may throw or wait. */
  before: (operation: string, step: number) => unknown = () => undefined;
  /** Component `d` of a picture's feature after a step. */
  featureOf = (index: number, d: number, step: number): number => Math.sin(index * 7 + d + step);
  /** Called as each kernel is compiled; may throw or wait. */
  compiling: (done: number) => unknown = () => undefined;

  async use<T>(operation: string, step: number, result: () => T): Promise<T> {
    const isStep = operation === 'trainStep';
    if (this.busy > 0 || (!isStep && this.stepping > 0)) this.clashes.push(operation);
    const change = isStep ? 'stepping' : 'busy';
    this[change]++;
    this.mostStepping = Math.max(this.mostStepping, this.stepping);
    try {
      await this.before(operation, step);
      return result();
    } finally {
      this[change]--;
    }
  }
}

/** A run without arithmetic, of any method; which of its parts there are is as in the real ones. */
class FakeMethod implements TrainingMethod {
  readonly kind: MethodName;
  readonly networks: readonly NetworkName[];
  readonly hasAttention = true;
  readonly featureDim = featureDim;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
  readonly embed?: NonNullable<TrainingMethod['embed']>;
  readonly classify?: NonNullable<TrainingMethod['classify']>;
  readonly ballots?: NonNullable<TrainingMethod['ballots']>;
  step = 0;
  #disposed = false;
  #ready = false;

  constructor(
    readonly device: FakeDevice,
    readonly recipe: Recipe,
    readonly labels: RunLabels,
  ) {
    this.kind = recipe.method;
    this.networks = recipe.method === 'dino' ? ['student', 'teacher'] : ['student'];
    this.stepsPerEpoch = recipe.steps_per_epoch;
    this.totalSteps = recipe.epochs * recipe.steps_per_epoch;
    device.alive++;
    if (recipe.method === 'paws') {
      this.embed = (features, rows) => this.#embed(features, rows);
      this.ballots = (indices) => this.#ballots(indices);
    }
    if (recipe.method === 'supervised') this.classify = (_, rows) => this.#classify(rows);
  }

  /** Compiles beside whatever else the device does, and still after this was freed. */
  async prepare({ onProgress }: PrepareOptions = {}): Promise<void> {
    this.#requireAlive();
    const total = 3;
    for (let done = 0; done <= total; done++) {
      onProgress?.(done, total);
      await this.device.compiling(done);
    }
    this.#ready = true;
  }

  trainStep(live: LiveSettings): Promise<StepReport> {
    this.#requireAlive();
    if (!this.#ready) throw new Error('a step before its kernels are there');
    if (this.step >= this.totalSteps) throw new Error('a step past the end');
    const before = this.step++;
    this.device.trainSteps++;
    this.device.liveSeen.push(live);
    this.device.givenSeen.push(this.labels.given);
    return this.device.use('trainStep', before, () => this.#report(before, live));
  }

  #report(before: number, live: LiveSettings): StepReport {
    const numbers = Object.entries(methodFacts[this.kind].series).map(([name, { optional }]) => [
      name,
      optional ? Number.NaN : 1,
    ]);
    const common = { loss: 4 - (before + 1) / 10, lr: 1e-3 };
    if (this.kind !== 'dino') return { ...Object.fromEntries(numbers), ...common };
    return {
      ...Object.fromEntries(numbers),
      ...common,
      teacherEntropy: 2,
      meanTeacherEntropy: 4,
      weightDecay: 0.04,
      momentum: live.momentum_teacher,
      teacherTemp: live.teacher_temp,
      studentTemp: live.student_temp,
    };
  }

  #embed(features: Float32Array, rows: number) {
    this.#requireAlive();
    const take = (_: unknown, i: number) => features[Math.floor(i / 2) * featureDim + (i % 2)]!;
    return this.device.use('embed', this.step, () => Float32Array.from({ length: 2 * rows }, take));
  }

  #classify(rows: number) {
    this.#requireAlive();
    const length = rows * this.labels.classes;
    return this.device.use('classify', this.step, () =>
      new Float32Array(length).fill(1 / this.labels.classes),
    );
  }

  /** Every labelled picture votes alike. */
  #ballots(indices: Int32Array) {
    this.#requireAlive();
    const { given, classes } = this.labels;
    const support = Int32Array.from(given.keys()).filter((index) => given[index]! >= 0);
    const supportLabels = support.map((index) => given[index]!);
    const share = support.length > 0 ? 1 / support.length : 0;
    const probabilities = new Float32Array(2 * classes);
    for (const label of supportLabels) {
      probabilities[label]! += share;
      probabilities[classes + label]! += share;
    }
    const ballot = (index: number): Ballot => ({
      index,
      views: [1, 2].map((number) => fakeView(`global ${number}`, 1)),
      support,
      supportLabels,
      similarities: new Float32Array(2 * support.length),
      votes: new Float32Array(2 * support.length).fill(share),
      probabilities,
      targets: probabilities.slice(),
    });
    return this.device.use('ballots', this.step, () => Array.from(indices, ballot));
  }

  views(maxImages: number) {
    this.#requireAlive();
    const n = Math.min(maxImages, 2);
    return this.device.use('views', this.step, () =>
      this.step === 0
        ? null
        : {
            indices: Int32Array.from({ length: n }, (_, i) => i),
            views: [fakeView('global 1', n)],
            answers: {
              terms: new Float32Array(2),
              targets: new Float32Array(8),
              predictions: new Float32Array(4),
            },
          },
    );
  }

  features(indices: Int32Array) {
    this.#requireAlive();
    const value = (_: unknown, i: number) =>
      this.device.featureOf(indices[Math.floor(i / featureDim)]!, i % featureDim, this.step);
    const length = indices.length * featureDim;
    return this.device.use('features', this.step, () => Float32Array.from({ length }, value));
  }

  attention(indices: Int32Array, _: NetworkName, imageSize = 0) {
    this.#requireAlive();
    const side = imageSize > 0 ? 2 * grid : grid;
    return this.device.use('attention', this.step, () => ({
      heads,
      rows: side,
      cols: side,
      weights: new Float32Array(indices.length * heads * side * side).fill(1 / side ** 2),
    }));
  }

  async fineTune({ steps, onStep, signal }: FineTuneOptions) {
    this.#requireAlive();
    const history: FineTuneReport[] = [];
    for (let step = 1; step <= steps; step++) {
      signal?.throwIfAborted();
      history.push({ step, steps, loss: 1 / step, correct: 50 });
      await this.device.use('fineTune', step, () => onStep?.(history.at(-1)!));
    }
    const { classes, truth } = this.labels;
    const classify = (indices: Int32Array) =>
      this.device.use('classify', this.step, () => {
        const probabilities = new Float32Array(indices.length * classes);
        for (const [row, index] of indices.entries()) probabilities[row * classes + truth[index]!] = 1;
        return probabilities;
      });
    this.device.tuning++;
    const dispose = () => {
      this.device.tuning--;
    };
    return { history, classify, dispose };
  }

  calibrate(): Promise<void> {
    return this.device.use('calibrate', this.step, () => {
      this.device.calibrations++;
    });
  }

  stateDict() {
    this.#requireAlive();
    const weight = { name: 'student.backbone.norm.weight', shape: [2], data: Float32Array.of(this.step, 1) };
    return this.device.use('stateDict', this.step, () => [weight]);
  }

  dispose(): void {
    if (this.#disposed) throw new Error('freed twice');
    if (this.device.busy + this.device.stepping > 0) throw new Error('freed while in use');
    this.#disposed = true;
    this.device.alive--;
  }

  #requireAlive(): void {
    if (this.#disposed) throw new Error('used after it was freed');
  }
}

function fakeView(name: string, n: number): ViewPictures {
  const box = { top: 0, left: 0, height: 8, width: 8, flip: false };
  return {
    name,
    size: 4,
    boxes: Array.from({ length: n }, () => box),
    pixels: new Uint8ClampedArray(n * 64),
  };
}

/** Dependencies around a fake device; `failEngine` reports a lost device. */
export function fakeDependencies(device: FakeDevice, overrides: Partial<SessionDependencies> = {}) {
  let listener: (error: PawsaurError) => void = () => undefined;
  const dependencies: SessionDependencies = {
    makeBuiltin: async (name) => fakeDataset({ name }),
    openSet: async (set) => {
      if (set === 'gone') throw new PawsaurError('library/unknown-set', 'There is no such set any more.');
      return fakeDataset({ set, revision: 1, name: set, kind: 'folder', masks: null });
    },
    createMethod: (recipe, _, labels) =>
      device.use('create', 0, () => new FakeMethod(device, recipe, labels)),
    onEngineFailure: (call) => {
      listener = call;
      return () => {
        listener = () => undefined;
      };
    },
    gpuBytes: () => 1000,
    ...overrides,
  };
  const failEngine = () =>
    listener(new PawsaurError('device-lost', 'The graphics device was lost.', 'Reload.'));
  return { dependencies, failEngine };
}
