/**
 * Notes what a step would send to the device instead of sending it. tfjs calls the backend for every operation,
 * forward and backward; while a recorder is set, the backend hands those calls over to it. Tensors made
 * meanwhile have no buffer: they become the recording's temporaries and constants.
 */

import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { PawsaurError } from '../../platform/errors';
import type { PawsaurBackend } from '../backend';
import type { Kernel } from '../kernel';
import { programOf, type UniformValues, workgroupsOf } from '../kernelCache';
import type { BufferId, RecordedBuffer, RecordedOperation, Recording } from './recording';

type ProgramArguments = Parameters<WebGPUBackend['runWebGPUProgram']>;
type Program = ProgramArguments[0];
type ProgramUniforms = NonNullable<ProgramArguments[3]>;

/** What tfjs keeps private and a recorder needs (package pinned at 4.22.0). */
interface ProgramAccess {
  pipelineCache: Record<string, GPUComputePipeline | Promise<GPUComputePipeline>>;
}

export interface RecorderOptions {
  /** True to note sizes only: nothing is compiled or uploaded, and the recording cannot be replayed. */
  planOnly?: boolean;
}

export class Recorder {
  readonly planOnly: boolean;
  /** Older tensors that the step is the first to use on the device. */
  readonly uploads = { bytes: 0, largest: 0 };
  private readonly operations: RecordedOperation[] = [];
  private readonly buffers: RecordedBuffer[] = [];
  private readonly ids = new Map<object, BufferId>();
  /** Data made while recording. */
  private readonly fresh = new Set<object>();
  private readonly programKeys = new Set<string>();

  constructor(
    private readonly backend: PawsaurBackend,
    { planOnly = false }: RecorderOptions = {},
  ) {
    this.planOnly = planOnly;
  }

  /** Called by the backend for data that comes into being. */
  created(dataId: object): void {
    this.fresh.add(dataId);
  }

  isFresh(dataId: object): boolean {
    return this.fresh.has(dataId);
  }

  /** A kernel of ours. */
  dispatch(
    kernel: Kernel,
    reads: readonly tf.TensorInfo[],
    writes: readonly tf.TensorInfo[],
    uniforms: UniformValues,
    count: number,
  ): void {
    const readIds = reads.map((tensor) => this.idOf(tensor));
    const writeIds = writes.map((tensor) => this.writtenIdOf(tensor));
    this.operations.push({
      kind: 'dispatch',
      name: kernel.name,
      bindings: [...readIds, ...writeIds],
      reads: readIds,
      writes: writeIds,
      pipeline: this.planOnly ? null : this.backend.kernels.compile(programOf(kernel, count)),
      uniforms: this.planOnly ? null : { buffer: this.backend.kernels.uniforms(kernel, uniforms, count) },
      groups: [...workgroupsOf(kernel, count), 1],
    });
  }

  copy(from: tf.TensorInfo, to: tf.TensorInfo): void {
    const [read, written] = [this.idOf(from), this.writtenIdOf(to)];
    this.operations.push({ kind: 'copy', name: 'copy', reads: [read], writes: [written] });
  }

  /**
   * A program of tfjs. `run` is tfjs's own `runWebGPUProgram`, which under its compile-only flag finds the
   * dispatch size and starts compiling, and sends nothing.
   */
  program(run: (...args: ProgramArguments) => tf.TensorInfo, ...args: ProgramArguments): tf.TensorInfo {
    const [program, inputs, dtype, uniforms, given] = args;
    let output = given ?? this.backend.makeTensorInfo(program.outputShape, dtype);
    if (tf.util.sizeFromShape(output.shape) === 0) return run(program, inputs, dtype, uniforms, output);
    if (!this.planOnly) output = this.compileProgram(run, program, inputs, dtype, uniforms, output);
    const reads = inputs.map((input) => this.idOf(input));
    const writes = [this.writtenIdOf(output)];
    const pipeline = program.pipeline ?? null;
    this.operations.push({
      kind: 'dispatch',
      name: program.constructor.name,
      bindings: [...writes, ...reads],
      reads,
      writes,
      pipeline: this.planOnly ? null : Promise.resolve(pipeline as GPUComputePipeline),
      uniforms: this.planOnly ? null : this.bindUniforms(program, inputs, output, uniforms),
      groups: program.dispatch ?? [1, 1, 1],
    });
    return output;
  }

  /** Lets go of what tfjs compiles, however recording ended. */
  close(): void {
    const cache = (this.backend as unknown as ProgramAccess).pipelineCache;
    for (const key of this.programKeys) {
      const pipeline = cache[key];
      if (!(pipeline instanceof Promise)) continue;
      // tfjs throws where it meets a pipeline under way; until this one is there it compiles its own.
      delete cache[key];
      void pipeline.then(
        (done) => {
          cache[key] ??= done;
        },
        () => undefined,
      );
    }
  }

  /** What was recorded. @param outputs tensors whose values are wanted after the step */
  finish(outputs: readonly tf.Tensor[]): Recording {
    const kept = new Set(outputs.map((tensor) => this.idOf(tensor)));
    for (const dataId of this.fresh) {
      const data = this.backend.tensorMap.has(dataId) ? this.backend.tensorMap.get(dataId) : null;
      const lost = data && data.values == null && !kept.has(this.ids.get(dataId) ?? -1);
      if (!lost) continue;
      throw new PawsaurError(
        'engine/capture',
        `A captured step kept a tensor of shape [${data.shape.join(', ')}] that is not among its outputs.`,
        'Dispose it, or return it from the step.',
      );
    }
    return { operations: this.operations, buffers: this.buffers, kept };
  }

  /** The recorded buffer of a tensor, noted at its first use. */
  idOf(tensor: tf.TensorInfo): BufferId {
    const known = this.ids.get(tensor.dataId);
    if (known !== undefined) return known;
    const id = this.buffers.push(this.describe(tensor)) - 1;
    this.ids.set(tensor.dataId, id);
    return id;
  }

  /** The same for a tensor that is written. Constants are uploaded once: the next run would find them changed. */
  private writtenIdOf(tensor: tf.TensorInfo): BufferId {
    const id = this.idOf(tensor);
    if (this.buffers[id]?.kind !== 'constant') return id;
    throw new PawsaurError(
      'engine/capture',
      `A captured step writes over a tensor of shape [${tensor.shape.join(', ')}] that it made from numbers.`,
      'Make the tensor by a kernel, or before the step.',
    );
  }

  private describe(tensor: tf.TensorInfo): RecordedBuffer {
    const bytes = 4 * tf.util.sizeFromShape(tensor.shape);
    const { values, resource } = this.backend.tensorMap.get(tensor.dataId);
    if (!this.fresh.has(tensor.dataId)) {
      if (resource == null) {
        this.uploads.bytes += bytes;
        this.uploads.largest = Math.max(this.uploads.largest, bytes);
        // While memory is only planned it gets no buffer; it is one of its own all the same.
        if (this.planOnly) {
          const buffer = { label: 'not made' } as GPUBuffer;
          return { kind: 'external', bytes, region: { buffer, offset: 0, size: bytes } };
        }
      }
      return { kind: 'external', bytes, region: this.backend.bindingOf(tensor) };
    }
    if (values == null) return { kind: 'temporary', bytes };
    const whole = tensor.dtype === 'float32' ? Float32Array : Int32Array;
    return { kind: 'constant', bytes, values: whole.from(values as ArrayLike<number>) };
  }

  private compileProgram(run: (...args: ProgramArguments) => tf.TensorInfo, ...args: ProgramArguments) {
    const flag = 'WEBGPU_ENGINE_COMPILE_ONLY';
    tf.env().set(flag, true);
    try {
      return run(...args);
    } finally {
      tf.env().set(flag, false);
      this.programKeys.add(args[0].shaderKey);
    }
  }

  /** tfjs's uniforms of a program: NaN, infinity, shapes and strides, size, and the program's own. */
  private bindUniforms(
    program: Program,
    inputs: readonly tf.TensorInfo[],
    output: tf.TensorInfo,
    own: ProgramArguments[3],
  ): GPUBufferBinding {
    const fields: ProgramUniforms = [
      { type: 'float32', data: [Number.NaN] },
      { type: 'float32', data: [Number.POSITIVE_INFINITY] },
    ];
    for (const { shape } of [...inputs, output]) {
      fields.push({ type: 'int32', data: shape });
      fields.push({ type: 'int32', data: tf.util.computeStrides(shape) });
    }
    if (program.size) {
      const size = tf.util.sizeFromShape(program.outputShape);
      fields.push({ type: 'int32', data: [size / (program.outputComponent ?? 1)] });
    }
    fields.push(...(own ?? []));
    // Not as JSON, to which NaN and both infinities are one.
    const key = fields.map(({ type, data }) => `${type} ${Array.from(data, String).join(' ')}`).join(', ');
    return { buffer: this.backend.kernels.pin(key, () => packUniforms(fields)) };
  }
}

/** Lays uniforms out as tfjs's shaders declare them: scalars and vectors at WGSL's alignments, empty ones as 1. */
function packUniforms(fields: ProgramUniforms): ArrayBuffer {
  let [offset, largest, previous] = [0, 1, 0];
  const places = fields.map(({ type, data: given }) => {
    const data = given.length > 0 ? given : [1];
    // Five and six numbers are structs, which align what follows them, too.
    const alignment = previous > 4 || data.length > 2 ? 16 : 4 * data.length;
    largest = Math.max(largest, alignment);
    offset = Math.ceil(offset / alignment) * alignment;
    const place = { type, data, offset };
    offset += 4 * data.length;
    previous = data.length;
    return place;
  });
  const bytes = new ArrayBuffer(Math.ceil(offset / largest) * largest);
  for (const { type, data, offset: at } of places) {
    if (type === 'float32') new Float32Array(bytes, at, data.length).set(data);
    else new Int32Array(bytes, at, data.length).set(data);
  }
  return bytes;
}
