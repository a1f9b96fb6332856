/**
 * Arenas: many tensors in one buffer, or few. A kernel that runs over all parameters of a network is one
 * dispatch over a whole buffer instead of one dispatch per parameter.
 *
 * Every tensor is padded to `VIEW_ALIGNMENT` bytes, so that each is a legal view and no 64 numbers that begin at
 * a multiple of 64 belong to two tensors. Padding is zero, and every kernel over a whole buffer keeps it so. Where
 * a device's largest binding is too small for all, the tensors lie in several buffers (chunks), each of them
 * whole. WebGPU forbids reading and writing one buffer in the same dispatch: what is read and written together
 * lies in different arenas, of one layout.
 */
import * as tf from '@tensorflow/tfjs-core';
import { PawsaurError } from '../platform/errors';
import { type BufferValues, type PawsaurBackend, VIEW_ALIGNMENT } from './backend';

export interface ArenaTensor {
  /** Named when the tensor does not fit. */
  name?: string;
  shape: readonly number[];
  dtype?: 'float32' | 'int32';
}

/** Where a tensor lies. */
export interface ArenaPlace {
  chunk: number;
  /** Of its first number in the chunk, bytes. */
  offset: number;
  /** Padding included. */
  bytes: number;
}

/** Which tensor lies where; no buffer exists yet, but the bytes are known. */
export class ArenaLayout {
  /** In the order of the tensors. */
  readonly places: readonly ArenaPlace[];
  readonly chunkBytes: readonly number[];

  /**
   * @param maxChunkBytes largest buffer that a kernel may bind
   * @throws PawsaurError when one tensor is larger than that
   */
  constructor(
    readonly tensors: readonly ArenaTensor[],
    maxChunkBytes: number,
  ) {
    const chunks: number[] = [];
    this.places = tensors.map(({ name, shape }) => {
      const bytes = Math.ceil((4 * tf.util.sizeFromShape([...shape])) / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
      if (bytes > maxChunkBytes) {
        throw new PawsaurError(
          'memory/tensor',
          `The tensor ${name ? `"${name}" ` : ''}of shape [${shape.join(', ')}] takes ${bytes} bytes, and this graphics device binds at most ${maxChunkBytes} at once.`,
          'Make that layer smaller (fewer outputs, or a narrower network).',
        );
      }
      const roomy = chunks.findIndex((used) => used + bytes <= maxChunkBytes);
      const chunk = roomy < 0 ? chunks.length : roomy;
      const offset = chunks[chunk] ?? 0;
      chunks[chunk] = offset + bytes;
      return { chunk, offset, bytes };
    });
    this.chunkBytes = chunks;
  }

  /** Bytes of all buffers of an arena of this layout: the sum of the padded tensors. */
  get bytes(): number {
    return this.chunkBytes.reduce((sum, bytes) => sum + bytes, 0);
  }

  /** Whether the two put as many tensors of the same sizes at the same places. */
  matches(other: ArenaLayout): boolean {
    if (other === this) return true;
    return (
      other.places.length === this.places.length &&
      this.places.every(({ chunk, offset, bytes }, i) => {
        const place = other.places[i] as ArenaPlace;
        return place.chunk === chunk && place.offset === offset && place.bytes === bytes;
      })
    );
  }
}

/** The largest chunk of an arena on this device, bytes. */
export function maxChunkBytes({ device: { limits } }: PawsaurBackend): number {
  const largest = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  return Math.floor(largest / VIEW_ALIGNMENT) * VIEW_ALIGNMENT;
}

/** Which arena a tensor is a view of, and as which of its tensors. */
const residents = new WeakMap<object, { arena: Arena; index: number }>();

/** Where in which arena `tensor` (a view, or a variable made of one) lies; null outside any arena. */
export function residence(tensor: tf.TensorInfo): { arena: Arena; index: number } | null {
  return residents.get(tensor.dataId) ?? null;
}

/** The buffers of a layout and the views of them. */
export class Arena {
  /** In the order of the layout. A variable made of one keeps its buffer. */
  readonly tensors: readonly tf.Tensor[];
  /** The chunks as flat float32 tensors, padding included, for kernels that run over all at once. */
  readonly chunks: readonly tf.Tensor[];
  private readonly buffers: readonly GPUBuffer[];

  /** @param values of every tensor; all zeros without them */
  constructor(
    private readonly backend: PawsaurBackend,
    readonly layout: ArenaLayout,
    values?: readonly BufferValues[],
  ) {
    this.buffers = layout.chunkBytes.map((bytes) => backend.createBuffer(bytes, 'arena'));
    // While memory is only planned there is nothing to write to.
    if (values && !backend.ledger) this.write(values);
    this.chunks = this.buffers.map((buffer) => tf.keep(backend.view(buffer, 0, [buffer.size / 4])));
    this.tensors = layout.tensors.map(({ shape, dtype }, index) => {
      const { chunk, offset } = layout.places[index] as ArenaPlace;
      const tensor = tf.keep(backend.view(this.buffers[chunk] as GPUBuffer, offset, [...shape], dtype));
      residents.set(tensor.dataId, { arena: this, index });
      return tensor;
    });
  }

  /** Frees the buffers; variables made of the views must not be used any more. */
  dispose(): void {
    tf.dispose([...this.tensors, ...this.chunks]);
    for (const buffer of this.buffers) this.backend.destroyBuffer(buffer);
  }

  /** Writes every tensor, a chunk at a time. */
  write(values: readonly BufferValues[]): void {
    const assembled = this.layout.chunkBytes.map((bytes) => new Uint8Array(bytes));
    for (const [i, { chunk, offset }] of this.layout.places.entries()) {
      const { buffer, byteOffset, byteLength } = values[i] as BufferValues;
      assembled[chunk]?.set(new Uint8Array(buffer, byteOffset, byteLength), offset);
    }
    for (const [chunk, bytes] of assembled.entries()) {
      this.backend.writeBuffer(this.buffers[chunk] as GPUBuffer, 0, new Uint32Array(bytes.buffer));
    }
  }
}
