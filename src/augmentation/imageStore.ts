/**
 * The pictures of a data set where the augmentation reads them: on the GPU in as many slots as there is room for,
 * filled as batches ask for pictures, where WebGPU is in use; else taken from their source for the reference path.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type PawsaurBackend, webgpu } from '../engine';
import { PawsaurError } from '../platform/errors';
import { type ImageSize, sides } from './parameters';
import { PictureSlots, type PictureSource } from './pictureSlots';

/** Pictures, all of one size. */
export interface ImageStore {
  readonly width: number;
  readonly height: number;
  /** Most different pictures that one call of `place` may name. */
  readonly slots: number;
  /** int32 [slots, height × width]: the packed bits r | g << 8 | b << 16 | 255 << 24, row-major; null without WebGPU. */
  readonly tensor: tf.Tensor | null;
  /**
   * Makes the pictures of rows of crop parameters [n, COLUMNS] ready, and gives the rows as the kernels read them:
   * they hold for what is sent to the device before the next call.
   */
  place(rows: Float32Array): Float32Array;
  /** [n, height, width] the pictures `indices`, where there is no WebGPU. */
  take(indices: ArrayLike<number>): Uint32Array;
  dispose(): void;
}

/**
 * Room for `slots` pictures of a source.
 * @throws PawsaurError 'augmentation/too-many-images' when the graphics device cannot read that much in one buffer
 */
export function openImages(source: PictureSource, slots: number, size: ImageSize): ImageStore {
  const { width, height } = sides(size);
  const area = width * height;
  const backend = webgpu();
  const take = (indices: ArrayLike<number>) => source.take(indices);
  if (!backend) {
    const slots = Number.POSITIVE_INFINITY;
    return { width, height, slots, tensor: null, place: (rows) => rows, take, dispose: () => undefined };
  }
  const { limits } = backend.device;
  const largestBuffer = Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize);
  const largest = Math.floor(largestBuffer / (4 * area));
  if (slots > largest) {
    throw new PawsaurError(
      'augmentation/too-many-images',
      `${slots} pictures of ${width} × ${height} are more than this graphics device reads at once: it takes ${largest}.`,
      `Use at most ${largest} pictures in a step.`,
    );
  }
  const { buffer, ...images } = makeRoom(backend, slots, size);
  const filled = new PictureSlots(source, slots, area, (slot, pixels) =>
    backend.writeBuffer(buffer, 4 * area * slot, pixels),
  );
  return { ...images, place: (rows) => filled.place(rows), take };
}

/** Room for as many pictures that nobody fills, for planning memory on the GPU. */
export function blankImages(backend: PawsaurBackend, slots: number, size: ImageSize): ImageStore {
  const { buffer: _, ...images } = makeRoom(backend, slots, size);
  return { ...images, place: (rows) => rows, take: () => new Uint32Array(0) };
}

function makeRoom(backend: PawsaurBackend, slots: number, size: ImageSize) {
  const { width, height } = sides(size);
  const buffer = backend.createBuffer(4 * slots * width * height, 'pictures');
  const tensor = tf.keep(backend.view(buffer, 0, [slots, width * height], 'int32'));
  const dispose = () => {
    tensor.dispose();
    backend.destroyBuffer(buffer);
  };
  return { width, height, slots, tensor, buffer, dispose };
}

/** Whether the pictures are on the GPU. */
export function onGpu(store: ImageStore): store is ImageStore & { tensor: tf.Tensor } {
  return store.tensor !== null;
}
