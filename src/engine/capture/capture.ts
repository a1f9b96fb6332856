/**
 * Captured steps: a step of training is traced once, its kernels compile in parallel, its buffers are planned,
 * and from then on it is replayed: a few milliseconds of JavaScript for hundreds of dispatches.
 *
 * A step is any function of tensors. What changes from run to run comes in through its inputs; state is updated
 * in place; what is wanted afterwards is declared as outputs. On a backend that is not WebGPU the same function
 * runs anew each time.
 */
import * as tf from '@tensorflow/tfjs-core';
import { PawsaurError } from '../../platform/errors';
import { Arena, ArenaLayout, maxChunkBytes } from '../arena';
import { type BufferValues, type PawsaurBackend, webgpu } from '../backend';
import { readBack } from '../readback';
import { planMemory } from './memoryPlan';
import { RUNS_IN_FLIGHT } from './readRing';
import { Recorder } from './recorder';
import { type Recording, usedConstants, withoutDeadCode } from './recording';
import { type BuildOptions, constantLayout, type OperationTime, Replay } from './replay';

export interface InputSpec {
  shape: number[];
  /** float32 unless told. */
  dtype?: 'float32' | 'int32';
}

export interface StepDefinition<I extends string, O extends string> {
  inputs: Record<I, InputSpec>;
  /** The step, in kernels of ours and tfjs operations; intermediate tensors are freed for it. */
  step(inputs: Record<I, tf.Tensor>): Record<O, tf.Tensor>;
  /** Outputs whose values every run answers with. */
  read: readonly NoInfer<O>[];
}

/** Bytes of graphics memory that a step takes for itself, and the dispatches it makes. */
export interface StepPlan {
  dispatches: number;
  /** Buffers for what is made and used up within the step. */
  temporaryBytes: number;
  constantBytes: number;
  inputBytes: number;
  /** Staging for reading outputs. */
  stagingBytes: number;
  /** All of these together. */
  bytes: number;
  /** The largest of the buffers. */
  largestBufferBytes: number;
}

export interface CapturedStep<I extends string, O extends string> {
  /** Null where the step runs eagerly. */
  readonly plan: StepPlan | null;
  /** The outputs of the latest run, on the device; null before the first where the step runs eagerly. */
  readonly outputs: Record<O, tf.Tensor> | null;
  /** Sends one step, and answers with the declared outputs when it is done; never waits for earlier runs. */
  run(values: Record<I, BufferValues>): Promise<Record<string, Float32Array>>;
  /** A step like any other, each operation timed; null where the device has no timestamps. */
  profile(values: Record<I, BufferValues>): Promise<OperationTime[] | null>;
  dispose(): void;
}

export interface CaptureOptions extends BuildOptions {
  /** `eager` runs the step's function anew each time, for comparison. */
  mode?: 'captured' | 'eager';
}

/** Traces a step, compiles and plans it. Nothing is computed until the first `run`. */
export async function captureStep<I extends string, O extends string>(
  definition: StepDefinition<I, O>,
  { mode = 'captured', ...options }: CaptureOptions = {},
): Promise<CapturedStep<I, O>> {
  const backend = webgpu();
  if (!backend || mode === 'eager') return new EagerStep(definition);
  const inputs = new InputBlock(backend, definition.inputs);
  let traced: Traced<I, O> | undefined;
  try {
    traced = trace(backend, definition, inputs.tensors, new Recorder(backend));
    const replay = await Replay.build(backend, traced.plan, traced.recording, options);
    return new ReplayedStep(backend, definition, inputs, traced, replay);
  } catch (error) {
    if (traced) tf.dispose(traced.outputs);
    inputs.dispose();
    throw error;
  }
}

export interface PlannedRun extends StepPlan {
  /** Buffers of state and data made before the step, and uploaded for it. */
  stateBytes: number;
}

/**
 * What a run would take, to the byte, without a buffer made or a kernel compiled. `build` makes the state and
 * gives the step, as for `captureStep`. Null on a backend that is not WebGPU.
 */
export function planRun<I extends string, O extends string>(
  build: (backend: PawsaurBackend) => { definition: StepDefinition<I, O>; dispose(): void },
): PlannedRun | null {
  const backend = webgpu();
  if (!backend) return null;
  const ledger = { bytes: 0, largest: 0 };
  const made: Array<{ dispose(): void }> = [];
  backend.ledger = ledger;
  try {
    const { definition, dispose } = build(backend);
    made.push({ dispose });
    const stateBytes = ledger.bytes;
    const inputs = new InputBlock(backend, definition.inputs);
    made.push(inputs);
    const recorder = new Recorder(backend, { planOnly: true });
    const { plan, recording, outputs } = trace(backend, definition, inputs.tensors, recorder);
    made.push(...Object.values<tf.Tensor>(outputs));
    const step = summarise(backend, plan, recording, definition, outputs);
    return {
      ...step,
      stateBytes: stateBytes + recorder.uploads.bytes,
      largestBufferBytes: Math.max(step.largestBufferBytes, ledger.largest, recorder.uploads.largest),
    };
  } finally {
    for (const disposable of made.reverse()) disposable.dispose();
    backend.ledger = null;
  }
}

/** The outputs of a step, to be disposed one day: state among them stays the caller's. */
function runOnce<I extends string, O extends string>(
  { step }: StepDefinition<I, O>,
  inputs: () => Record<I, tf.Tensor>,
): Record<O, tf.Tensor> {
  const outputs = tf.tidy(() => {
    const made = Object.entries<tf.Tensor>(step(inputs()));
    const own = made.map(([name, tensor]) => [
      name,
      tensor instanceof tf.Variable ? tf.clone(tensor) : tensor,
    ]);
    return Object.fromEntries(own) as Record<O, tf.Tensor>;
  });
  for (const output of Object.values<tf.Tensor>(outputs)) tf.keep(output);
  return outputs;
}

function trace<I extends string, O extends string>(
  backend: PawsaurBackend,
  definition: StepDefinition<I, O>,
  inputs: Record<I, tf.Tensor>,
  recorder: Recorder,
) {
  backend.flush();
  backend.recorder = recorder;
  let made: Record<O, tf.Tensor> | undefined;
  try {
    const outputs = runOnce(definition, () => inputs);
    made = outputs;
    const recording = withoutDeadCode(recorder.finish(Object.values(outputs)));
    const outputIds = Object.values<tf.Tensor>(outputs).map((tensor) => recorder.idOf(tensor));
    return { recording, plan: planMemory(recording), outputs, outputIds };
  } catch (error) {
    if (made) tf.dispose(Object.values<tf.Tensor>(made));
    throw error;
  } finally {
    backend.recorder = null;
    recorder.close();
  }
}

/** All inputs in one arena. */
class InputBlock<I extends string> {
  readonly tensors: Record<I, tf.Tensor>;
  private readonly arena: Arena;

  constructor(
    backend: PawsaurBackend,
    private readonly specs: Record<I, InputSpec>,
  ) {
    this.arena = new Arena(backend, inputLayout(backend, specs));
    const tensors = Object.keys(specs).map((name, i) => [name, this.arena.tensors[i]]);
    this.tensors = Object.fromEntries(tensors) as Record<I, tf.Tensor>;
  }

  /** @throws PawsaurError when an input is missing or of another size */
  write(values: Record<I, BufferValues>): void {
    const specs = Object.entries<InputSpec>(this.specs);
    this.arena.write(specs.map(([name, spec]) => inputValues(name, spec, values[name as I])));
  }

  dispose(): void {
    this.arena.dispose();
  }
}

/** The numbers of an input as its buffer holds them. */
function inputValues(
  name: string,
  { shape, dtype }: InputSpec,
  given: BufferValues | undefined,
): BufferValues {
  const size = tf.util.sizeFromShape(shape);
  if (given?.length !== size) {
    throw new PawsaurError(
      'engine',
      `The input "${name}" of a captured step takes ${size} numbers, not ${given?.length ?? 0}.`,
    );
  }
  const floats = given instanceof Float32Array;
  if (dtype === 'int32') return floats ? Int32Array.from(given) : given;
  return floats ? given : Float32Array.from(given);
}

function inputLayout(backend: PawsaurBackend, specs: Record<string, InputSpec>): ArenaLayout {
  const tensors = Object.entries(specs).map(([name, spec]) => ({ name, ...spec }));
  return new ArenaLayout(tensors, maxChunkBytes(backend));
}

function summarise<I extends string, O extends string>(
  backend: PawsaurBackend,
  { slots, operations }: ReturnType<typeof planMemory>,
  recording: Recording,
  { inputs, read }: StepDefinition<I, O>,
  outputs: Record<O, tf.Tensor>,
): StepPlan {
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const temporaryBytes = sum(slots);
  const constantBytes = constantLayout(backend, usedConstants(recording)).bytes;
  const inputBytes = inputLayout(backend, inputs).bytes;
  const stagingBytes = RUNS_IN_FLIGHT * Math.max(4, sum(read.map((name) => 4 * outputs[name].size)));
  return {
    dispatches: operations.filter(({ kind }) => kind === 'dispatch').length,
    temporaryBytes,
    constantBytes,
    inputBytes,
    stagingBytes,
    bytes: temporaryBytes + constantBytes + inputBytes + stagingBytes,
    largestBufferBytes: Math.max(...slots, constantBytes, inputBytes),
  };
}

type Traced<I extends string, O extends string> = ReturnType<typeof trace<I, O>>;

class ReplayedStep<I extends string, O extends string> implements CapturedStep<I, O> {
  readonly plan: StepPlan;
  readonly outputs: Record<O, tf.Tensor>;

  constructor(
    backend: PawsaurBackend,
    definition: StepDefinition<I, O>,
    private readonly inputs: InputBlock<I>,
    { recording, plan, outputs, outputIds }: Traced<I, O>,
    private readonly replay: Replay,
  ) {
    this.plan = summarise(backend, plan, recording, definition, outputs);
    this.outputs = outputs;
    Object.values<tf.Tensor>(outputs).forEach((tensor, i) => {
      const id = outputIds[i] as number;
      // State that is an output has its place already.
      if (recording.buffers[id]?.kind !== 'external') backend.place(tensor, replay.regionOf(id));
    });
    replay.readAfter(Object.fromEntries(definition.read.map((name) => [name, outputs[name]])));
  }

  async run(values: Record<I, BufferValues>): Promise<Record<string, Float32Array>> {
    this.inputs.write(values);
    return this.replay.run();
  }

  async profile(values: Record<I, BufferValues>): Promise<OperationTime[] | null> {
    this.inputs.write(values);
    return this.replay.profile();
  }

  dispose(): void {
    tf.dispose(Object.values<tf.Tensor>(this.outputs));
    this.inputs.dispose();
    this.replay.dispose();
  }
}

class EagerStep<I extends string, O extends string> implements CapturedStep<I, O> {
  readonly plan = null;
  outputs: Record<O, tf.Tensor> | null = null;

  constructor(private readonly definition: StepDefinition<I, O>) {}

  async run(values: Record<I, BufferValues>): Promise<Record<string, Float32Array>> {
    const outputs = runOnce(this.definition, () => {
      const inputs = Object.entries<InputSpec>(this.definition.inputs).map(([name, { shape, dtype }]) => [
        name,
        tf.tensor(values[name as I].slice() as Float32Array | Int32Array, shape, dtype ?? 'float32'),
      ]);
      return Object.fromEntries(inputs) as Record<I, tf.Tensor>;
    });
    this.dispose();
    this.outputs = outputs;
    const read = this.definition.read.map(async (name) => [name, await readBack(outputs[name])] as const);
    return Object.fromEntries(await Promise.all(read));
  }

  async profile(values: Record<I, BufferValues>): Promise<null> {
    await this.run(values);
    return null;
  }

  dispose(): void {
    if (this.outputs) tf.dispose(Object.values<tf.Tensor>(this.outputs));
    this.outputs = null;
  }
}
