/**
 * The pictures of a data set where the augmentation reads them: on the GPU as one packed buffer where WebGPU
 * is in use, else in memory for the reference path.
 */
import * as tf from '@tensorflow/tfjs-core';
import { type PawsaurBackend, webgpu } from '../engine';
import { PawsaurError } from '../platform/errors';
import { type ImageSize, sides } from './parameters';

/** Uploaded pictures, all of one size. Exactly one of `tensor` and `pixels` is there. */
export interface ImageStore {
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** int32 [count, height × width]: the packed bits r | g << 8 | b << 16 | 255 << 24, row-major. */
  readonly tensor: tf.Tensor | null;
  /** The same on the CPU, where there is no WebGPU. */
  readonly pixels: Uint32Array | null;
  dispose(): void;
}

/**
 * Uploads `count` packed pictures [count, height, width].
 * @throws PawsaurError 'augmentation/too-many-images' when the graphics device cannot read that much in one
 * buffer, 'augmentation/pixels' when `pixels` is shorter or longer than said.
 */
export function uploadImages(pixels: Uint32Array, count: number, size: ImageSize): ImageStore {
  const { width, height } = sides(size);
  const area = width * height;
  const backend = webgpu();
  const limits = backend?.device.limits;
  const largestBuffer = limits
    ? Math.min(limits.maxStorageBufferBindingSize, limits.maxBufferSize)
    : Infinity;
  const largest = Math.floor(largestBuffer / (4 * area));
  if (count > largest) {
    throw new PawsaurError(
      'augmentation/too-many-images',
      `${count} pictures of ${width} × ${height} are more than this graphics device reads at once: it takes ${largest}.`,
      `Use at most ${largest} pictures.`,
    );
  }
  if (pixels.length !== count * area) {
    throw new PawsaurError(
      'augmentation/pixels',
      `${count} pictures of ${width} × ${height} need ${count * area} pixels; ${pixels.length} were given.`,
    );
  }
  if (!backend) return { count, width, height, tensor: null, pixels, dispose: () => undefined };

  const bits = new Int32Array(pixels.buffer, pixels.byteOffset, pixels.length);
  const tensor = tf.keep(tf.tensor2d(bits, [count, area], 'int32'));
  return { count, width, height, tensor, pixels: null, dispose: () => tensor.dispose() };
}

/** A place for as many pictures that nobody fills, for planning memory on the GPU. */
export function blankImages(backend: PawsaurBackend, count: number, size: ImageSize): ImageStore {
  const { width, height } = sides(size);
  const tensor = tf.keep(backend.allocate([count, width * height], 'int32'));
  return { count, width, height, tensor, pixels: null, dispose: () => tensor.dispose() };
}

/** Whether the pictures are on the GPU. */
export function onGpu(store: ImageStore): store is ImageStore & { tensor: tf.Tensor } {
  return store.tensor !== null;
}
