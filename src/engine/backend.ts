/**
 * Our dispatch path into the tfjs WebGPU backend: many outputs, in-place writes, pinned uniforms.
 *
 * tfjs's own `runWebGPUProgram` has one output and read-only inputs. Kernels of ours go into the same command
 * encoder through here, so that tfjs operations and ours keep their order.
 */

import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import * as tf from '@tensorflow/tfjs-core';
import { PawsaurError } from '../platform/errors';
import type { Recorder } from './capture/recorder';
import type { Kernel } from './kernel';
import { KernelCache, programOf, type UniformValues, workgroupsOf } from './kernelCache';

/** What tfjs keeps private and a second dispatch path needs (package pinned at 4.22.0). */
interface EncoderAccess {
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  tensorToBinding(tensor: tf.TensorInfo): GPUBindingResource;
}

interface BufferPool {
  freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
}

/** The numbers that are written into a buffer. */
export type BufferValues = Float32Array | Int32Array | Uint32Array;

/** Where a view of a buffer begins must be a multiple of this, bytes (the WebGPU default limit). */
export const VIEW_ALIGNMENT = 256;

/** How much was sent to the GPU since the engine started; differences give the cost of a step. */
export interface DispatchCounters {
  ours: number;
  tfjs: number;
}

const DISPATCHES_PER_SUBMIT = 64;

export class PawsaurBackend extends WebGPUBackend {
  readonly counters: DispatchCounters = { ours: 0, tfjs: 0 };
  /** While set, operations are noted there and not sent. */
  recorder: Recorder | null = null;
  /** While set, buffers are counted there and not made. */
  ledger: { bytes: number; largest: number } | null = null;
  readonly kernels: KernelCache;
  /** Byte offsets of the tensors that are views. */
  private readonly offsets = new WeakMap<object, number>();
  private ownBytes = 0;

  constructor(device: GPUDevice, adapter: GPUAdapterInfo) {
    super(device, adapter);
    this.kernels = new KernelCache(device);
    const access = this as unknown as EncoderAccess;
    const wholeBuffer = access.tensorToBinding.bind(this);
    access.tensorToBinding = (tensor) =>
      this.offsets.has(tensor.dataId) ? this.bindingOf(tensor) : wholeBuffer(tensor);
  }

  /** Runs `kernel` over tensors that exist. `writes` are written in place. */
  dispatch(
    kernel: Kernel,
    reads: readonly tf.TensorInfo[],
    writes: readonly tf.TensorInfo[],
    uniforms: UniformValues,
    count: number,
  ): void {
    if (reads.length !== kernel.reads.length || writes.length !== kernel.writes.length) {
      throw new PawsaurError('engine', `Kernel ${kernel.name} was called with the wrong number of buffers.`);
    }
    if (count === 0) return;
    if (this.recorder) {
      this.recorder.dispatch(kernel, reads, writes, uniforms, count);
      return;
    }
    const access = this as unknown as EncoderAccess;
    const tensors = [...reads, ...writes];
    for (const tensor of tensors) this.uploadToGPU(tensor.dataId);
    const pipeline = this.kernels.pipeline(programOf(kernel, count));
    const entries: GPUBindGroupEntry[] = tensors.map((tensor, binding) => {
      access.commandQueueOwnedIds.add(tensor.dataId);
      return { binding, resource: this.bindingOf(tensor) };
    });
    entries.push({
      binding: tensors.length,
      resource: { buffer: this.kernels.uniforms(kernel, uniforms, count) },
    });
    const bindGroup = this.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });

    this.ensureCommandEncoderReady();
    access.computePassEncoder ??= (access.commandEncoder as GPUCommandEncoder).beginComputePass();
    const pass = access.computePassEncoder;
    pass.setPipeline(pipeline);
    pass.setBindGroup(0, bindGroup);
    pass.dispatchWorkgroups(...workgroupsOf(kernel, count));
    this.counters.ours++;
    access.dispatchCountInPass++;
    if (access.dispatchCountInPass >= DISPATCHES_PER_SUBMIT) {
      this.endComputePassEncoder();
      this.submitQueue();
    }
  }

  override runWebGPUProgram(
    ...args: Parameters<WebGPUBackend['runWebGPUProgram']>
  ): ReturnType<WebGPUBackend['runWebGPUProgram']> {
    const { recorder } = this;
    if (recorder) return recorder.program((...given) => super.runWebGPUProgram(...given), ...args);
    this.counters.tfjs++;
    return super.runWebGPUProgram(...args);
  }

  override write(...args: Parameters<WebGPUBackend['write']>): ReturnType<WebGPUBackend['write']> {
    const dataId = super.write(...args);
    this.recorder?.created(dataId);
    return dataId;
  }

  /** What a recorder sees being made stays without a buffer, and so does everything while memory is planned. */
  override uploadToGPU(dataId: object): void {
    if (!this.ledger && !this.recorder?.isFresh(dataId)) super.uploadToGPU(dataId);
  }

  /** Where a tensor lies, uploaded when it is not on the GPU yet. */
  bindingOf(tensor: tf.TensorInfo): GPUBufferBinding & { offset: number; size: number } {
    this.uploadToGPU(tensor.dataId);
    const buffer = this.tensorMap.get(tensor.dataId).resource as GPUBuffer;
    return { buffer, offset: this.offsets.get(tensor.dataId) ?? 0, size: bytesOf(tensor) };
  }

  /** A buffer outside tfjs's pool, for state that stays for ever and for captured steps. */
  createBuffer(bytes: number, label = 'state', kind: 'storage' | 'staging' = 'storage'): GPUBuffer {
    const usage =
      kind === 'storage'
        ? GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST
        : GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST;
    if (this.ledger) {
      this.ledger.bytes += bytes;
      this.ledger.largest = Math.max(this.ledger.largest, bytes);
      return { label, size: bytes, usage } as GPUBuffer;
    }
    const buffer = this.device.createBuffer({ label, size: bytes, usage });
    this.ownBytes += bytes;
    return buffer;
  }

  /** Frees a buffer of `createBuffer`; what was issued before still uses it. */
  destroyBuffer(buffer: GPUBuffer): void {
    if (this.ledger) return;
    this.flush();
    this.ownBytes -= buffer.size;
    buffer.destroy();
  }

  /** Writes values into a buffer, before whatever is issued from now on. */
  writeBuffer(buffer: GPUBuffer, byteOffset: number, values: BufferValues): void {
    if (this.ledger) return;
    this.flush();
    this.queue.writeBuffer(buffer, byteOffset, values as BufferValues & { buffer: ArrayBuffer });
  }

  /**
   * A tensor that lies in a buffer at a multiple of `VIEW_ALIGNMENT`; the buffer is not freed with it. WebGPU
   * forbids reading and writing one buffer in the same dispatch, even at different places.
   */
  view(
    buffer: GPUBuffer,
    byteOffset: number,
    shape: number[],
    dtype: 'float32' | 'int32' = 'float32',
  ): tf.Tensor {
    const tensor = this.createTensorFromGPUData({ buffer, zeroCopy: true }, shape, dtype);
    this.offsets.set(tensor.dataId, byteOffset);
    return tensor;
  }

  /** Gives a tensor that has no buffer its place. */
  place(tensor: tf.TensorInfo, { buffer, offset }: { buffer: GPUBuffer; offset: number }): void {
    Object.assign(this.tensorMap.get(tensor.dataId), { resource: buffer, external: true });
    this.offsets.set(tensor.dataId, offset);
  }

  /** Copies all of `from` over `to`, which has as many elements. */
  copy(from: tf.TensorInfo, to: tf.TensorInfo): void {
    if (this.recorder) {
      this.recorder.copy(from, to);
      return;
    }
    const [source, target] = [this.bindingOf(from), this.bindingOf(to)];
    const access = this as unknown as EncoderAccess;
    for (const tensor of [from, to]) access.commandQueueOwnedIds.add(tensor.dataId);
    this.ensureCommandEncoderReady();
    this.endComputePassEncoder();
    const encoder = access.commandEncoder as GPUCommandEncoder;
    encoder.copyBufferToBuffer(source.buffer, source.offset, target.buffer, target.offset, source.size);
  }

  /** Sends what is issued but not sent yet. */
  flush(): void {
    this.endComputePassEncoder();
    if ((this as unknown as EncoderAccess).commandEncoder) this.submitQueue();
  }

  /** Frees the buffers that tfjs keeps for later. State and captured steps have their own. */
  releaseUnused(): void {
    this.flush();
    const pool = this.bufferManager as unknown as BufferPool;
    // tfjs expects a list for every size it has ever made.
    for (const buffers of pool.freeBuffers.values()) {
      for (const buffer of buffers) {
        pool.numBytesAllocated -= buffer.size;
        buffer.destroy();
      }
      pool.numFreeBuffers -= buffers.length;
      buffers.length = 0;
    }
  }

  /** Bytes of all buffers that exist, tfjs's pool of free ones included. */
  get allocatedBytes(): number {
    return (this.memory() as { numBytesAllocatedInGPU: number }).numBytesAllocatedInGPU + this.ownBytes;
  }

  /** The values of a tensor as they are after everything issued so far. */
  async readBytes(tensor: tf.TensorInfo): Promise<ArrayBuffer> {
    const { buffer, offset, size } = this.bindingOf(tensor);
    const staging = this.device.createBuffer({
      size,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    this.flush();
    const encoder = this.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, offset, staging, 0, size);
    this.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const bytes = staging.getMappedRange().slice(0);
    staging.destroy();
    return bytes;
  }

  /** A view is read at its own place: tfjs would read the whole buffer. */
  override async read(dataId: object): Promise<tf.BackendValues> {
    this.refuseReading();
    if (!this.offsets.has(dataId)) return super.read(dataId);
    const { shape, dtype } = this.tensorMap.get(dataId);
    const bytes = await this.readBytes({ dataId, shape, dtype });
    return dtype === 'int32' ? new Int32Array(bytes) : new Float32Array(bytes);
  }

  /** A tensor that will be written by a kernel; tracked by the current `tf.tidy`. */
  allocate(shape: number[], dtype: 'float32' | 'int32' = 'float32'): tf.Tensor {
    return tf.engine().makeTensorFromTensorInfo(this.makeTensorInfo(shape, dtype));
  }

  override readSync(dataId: object): tf.BackendValues {
    this.refuseReading();
    return super.readSync(dataId);
  }

  override dispose(): void {
    this.kernels.dispose();
    super.dispose();
  }

  private refuseReading(): void {
    if (!this.recorder) return;
    throw new PawsaurError(
      'engine/capture',
      'A captured step must not read numbers back while it is recorded.',
    );
  }
}

/** Bytes of a float32 or int32 tensor. */
const bytesOf = ({ shape }: tf.TensorInfo): number => 4 * tf.util.sizeFromShape(shape);

/** Our backend when WebGPU is in use, else null: operations then take their composed twin. */
export function webgpu(): PawsaurBackend | null {
  const backend = tf.backend();
  return backend instanceof PawsaurBackend ? backend : null;
}

/** Runs a kernel into fresh float32 tensors of the given shapes. Call only where `webgpu()` is not null. */
export function compute(
  kernel: Kernel,
  reads: readonly tf.TensorInfo[],
  shapes: readonly number[][],
  uniforms: UniformValues,
  count: number,
): tf.Tensor[] {
  const backend = tf.backend() as PawsaurBackend;
  const outputs = shapes.map((shape) => backend.allocate(shape));
  backend.dispatch(kernel, reads, outputs, uniforms, count);
  return outputs;
}

/** `compute` for the kernels with one output. */
export function computeOne(
  kernel: Kernel,
  reads: readonly tf.TensorInfo[],
  shape: number[],
  uniforms: UniformValues,
  count: number,
): tf.Tensor {
  return compute(kernel, reads, [shape], uniforms, count)[0] as tf.Tensor;
}
