/** AdamW as PyTorch defines it, each gradient clipped by its own norm first, under `jit`. */
import { numpy as np } from '@jax-js/jax';
import { mapTree, type Tree } from './layers';

const BETAS = [0.9, 0.999];
const EPSILON = 1e-8;

/** Moments of all weights, and 1 − βᵗ of both. */
export type Moments = { mean: Tree; square: Tree; corrections: np.Array[] };

export interface AdamWOptions {
  lr: number;
  weightDecay: number;
  /** Longest gradient of a tensor; 0 for no clipping. */
  clip: number;
}

/** kept·old + (1 − kept)·fresh */
export const blend = (old: np.Array, fresh: np.Array, kept: number): np.Array =>
  old.mul(kept).add(fresh.mul(1 - kept));

export function startingMoments(trained: Tree): Moments {
  const zerosLike = () => mapTree(trained, ({ shape }) => np.zeros(shape));
  return { mean: zerosLike(), square: zerosLike(), corrections: BETAS.map(() => np.zeros([])) };
}

/** The weights and moments after a step; consumes all it is given. */
export function adamw(
  trained: Tree,
  gradients: Tree,
  { mean, square, corrections: before }: Moments,
  decayed: ReadonlySet<string>,
  { lr, weightDecay, clip }: AdamWOptions,
): { trained: Tree; moments: Moments } {
  const corrections = before.map((old, i) => old.mul(BETAS[i]).add(1 - BETAS[i]));
  const moments: Moments = { mean: {}, square: {}, corrections };
  const moved = mapTree(trained, (old, name) => {
    const raw = gradients[name];
    const limit = () => np.minimum(np.array(clip).div(np.sqrt(np.sum(np.square(raw.ref))).add(1e-6)), 1);
    const g = clip > 0 ? raw.mul(limit()) : raw;
    const first = blend(mean[name], g.ref, BETAS[0]);
    const second = blend(square[name], np.square(g), BETAS[1]);
    const denominator = np.sqrt(second.ref.div(corrections[1].ref)).add(EPSILON);
    const update = first.ref.div(corrections[0].ref).div(denominator).mul(lr);
    moments.mean[name] = first;
    moments.square[name] = second;
    return (decayed.has(name) ? old.mul(1 - lr * weightDecay) : old).sub(update);
  });
  return { trained: moved, moments };
}
