/**
 * Reading the outputs of a captured step without stalling the next: each run copies them into a staging buffer
 * of a ring that grows to the number of runs in flight.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { PawsaurBackend } from '../backend';

/** Runs that may be under way at once without a new staging buffer. */
export const RUNS_IN_FLIGHT = 3;

/** Outputs on their way. */
export interface Reading {
  /** To be called once the copies are submitted. */
  values(): Promise<Record<string, Float32Array>>;
}

/** One output in a staging buffer. */
interface Part {
  name: string;
  tensor: tf.Tensor;
  offset: number;
  bytes: number;
}

export class ReadRing {
  private readonly parts: Part[] = [];
  private readonly bytes: number;
  private readonly free: GPUBuffer[] = [];
  private readonly all: GPUBuffer[] = [];

  /** @param outputs float32 tensors to read, by name */
  constructor(
    private readonly backend: PawsaurBackend,
    outputs: Readonly<Record<string, tf.Tensor>>,
  ) {
    let offset = 0;
    for (const [name, tensor] of Object.entries(outputs)) {
      const bytes = 4 * tensor.size;
      this.parts.push({ name, tensor, offset, bytes });
      offset += bytes;
    }
    this.bytes = offset;
    for (let i = 0; i < RUNS_IN_FLIGHT; i++) this.free.push(this.makeStaging());
  }

  /** Adds the copies to `encoder`. */
  encode(encoder: GPUCommandEncoder): Reading {
    const staging = this.free.pop() ?? this.makeStaging();
    for (const { tensor, offset, bytes } of this.parts) {
      const source = this.backend.bindingOf(tensor);
      encoder.copyBufferToBuffer(source.buffer, source.offset, staging, offset, bytes);
    }
    return { values: () => this.take(staging) };
  }

  dispose(): void {
    for (const buffer of this.all) this.backend.destroyBuffer(buffer);
  }

  private async take(staging: GPUBuffer): Promise<Record<string, Float32Array>> {
    await staging.mapAsync(GPUMapMode.READ);
    const range = staging.getMappedRange();
    const values = this.parts.map(({ name, tensor, offset, bytes }) => {
      const copy = range.slice(offset, offset + bytes);
      const numbers =
        tensor.dtype === 'int32' ? Float32Array.from(new Int32Array(copy)) : new Float32Array(copy);
      return [name, numbers] as const;
    });
    staging.unmap();
    this.free.push(staging);
    return Object.fromEntries(values);
  }

  private makeStaging(): GPUBuffer {
    const staging = this.backend.createBuffer(Math.max(this.bytes, 4), 'staging', 'staging');
    this.all.push(staging);
    return staging;
  }
}
