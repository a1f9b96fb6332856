/**
 * From stored pictures and rows of parameters to finished crops: crop and resize, mirror, colour jitter, grey,
 * blur, solarise, equalise, normalise. On WebGPU all of it is kernels of this room; elsewhere the reference computes the
 * same numbers on the CPU. Everything that changes from step to step comes in through the parameter tensor,
 * so the chain can be captured and replayed.
 */
import * as tf from '@tensorflow/tfjs-core';
import { webgpu } from '../engine';
import { type ImageStore, onGpu } from './imageStore';
import { blurInPlace } from './kernels/blur';
import { crop } from './kernels/crop';
import { finishInPlace } from './kernels/finish';
import { COLUMNS, evaluationParameters, type Stages } from './parameters';
import { cutByPictures } from './pictureSlots';
import { augmentReference } from './reference/pipeline';
import type { Interpolation } from './reference/resize';

/** How the crops of one batch are made. */
export interface AugmentOptions {
  /** Stages that can touch a crop of this batch; `ViewGroup.stages`. */
  stages: Stages;
  /** DINO resizes with bicubic, PAWS with bilinear; both antialiased. */
  interpolation?: Interpolation;
}

/**
 * Makes one crop per row of `parameters` [B, COLUMNS] (float32), which are as `store.place` gave them: float32
 * [B, 3, outputSize, outputSize], normalised with ImageNet's mean and deviation.
 */
export function augment(
  store: ImageStore,
  parameters: tf.Tensor,
  outputSize: number,
  options: AugmentOptions,
): tf.Tensor {
  const backend = webgpu();
  if (backend && onGpu(store)) {
    const { stages, interpolation = 'bicubic' } = options;
    const { blur } = stages;
    const finish = blur === 0 && !stages.equalize;
    const crops = crop(store, parameters, outputSize, interpolation, { ...stages, finish });
    if (blur > 0) blurInPlace(backend, crops, parameters, blur);
    if (!finish) finishInPlace(backend, crops, parameters, stages);
    return crops;
  }
  // Without WebGPU the rows never left the CPU, so reading them costs nothing.
  const rows = parameters.dataSync() as Float32Array;
  const crops = augmentReference(store, rows, outputSize, options);
  return tf.tensor4d(crops, [rows.length / COLUMNS, 3, outputSize, outputSize]);
}

/** `augment` for rows [B, COLUMNS] as they are drawn, made at once; of any number of pictures. */
export function augmentRows(
  store: ImageStore,
  rows: Float32Array,
  outputSize: number,
  options: AugmentOptions,
): tf.Tensor {
  return tf.tidy(() => {
    const parts = cutByPictures(rows, store.slots).map((part) => {
      const parameters = tf.tensor2d(store.place(part), [part.length / COLUMNS, COLUMNS]);
      return augment(store, parameters, outputSize, options);
    });
    return parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts);
  });
}

/**
 * The pictures `indices` whole (their largest central square, for pictures that are not square), resized to
 * `outputSize` and normalised: float32 [n, 3, outputSize, outputSize].
 */
export function evaluationBatch(
  store: ImageStore,
  indices: ArrayLike<number>,
  outputSize: number,
): tf.Tensor {
  return augmentRows(store, evaluationParameters(indices, store), outputSize, {
    stages: { colour: false, blur: 0, solarize: false, equalize: false },
  });
}
