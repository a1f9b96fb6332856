/**
 * What a training step costs, before anything is built. Parameters are exact; operations count the matrix
 * products and convolutions; bytes are those the engine planned, where it did, else an estimate of the peak,
 * good enough to refuse what cannot fit.
 */
import type { Recipe } from './fields';
import { backboneCost, headCost } from './networkCost';

/** Graphics memory of a run, in bytes. */
export interface RunMemory {
  /** All buffers: pictures, weights and optimiser, the step. */
  gpuBytes: number;
  /** The largest single buffer. */
  largestBufferBytes: number;
}

/** What a recipe is checked against. */
export interface RunFacts {
  /** Training pictures, without the held-out ones. */
  trainImages: number;
  /** Side of the stored pictures in pixels. */
  imageSize: number;
  /** Classes; 0 when unlabelled. */
  classes: number;
  /** Largest single buffer the adapter binds, in bytes. */
  maxBufferBytes?: number;
  /** Graphics memory that a run may take, in bytes. */
  budgetBytes?: number;
  /** The exact memory of a run on these pictures, as the engine plans it; null where that is not known. */
  plan?(recipe: Recipe): RunMemory | null;
}

/** What a recipe costs. */
export interface RunCost extends RunMemory {
  /** Weights of the student, backbone and head; exact. */
  parameters: number;
  backboneParameters: number;
  headParameters: number;
  /** Numbers in a feature vector. */
  featureDim: number;
  /** Floating-point operations of one training step: student forward and backward, teacher forward. */
  flopsPerStep: number;
  /** Whether the bytes are planned, and so exact; else they are an estimate, to be told with an "about". */
  planned: boolean;
}

const bytesPerNumber = 4;

/** Backpropagation costs twice the forward pass: one product for the inputs, one for the weights. */
const forwardAndBackward = 3;

/** Gradients of activations live beside the kept ones for a while. */
const backwardHeadroom = 1.25;

/** Estimates the cost of `recipe`, whose values must be in range. */
export function estimateCost(
  recipe: Recipe,
  facts: Pick<RunFacts, 'trainImages' | 'imageSize' | 'plan'>,
): RunCost {
  const backbone = backboneCost(recipe);
  const head = headCost(recipe, backbone.featureDim);
  const [batch, locals] = [recipe.batch_size, recipe.local_crops_number];
  const globalPass = backbone.pass(recipe.global_crops_size);
  const localPass = backbone.pass(recipe.local_crops_size);
  const row = head.pass(1);
  const views = 2 + locals;

  const student = 2 * globalPass.flops + locals * localPass.flops + views * row.flops;
  const teacher = 2 * (globalPass.flops + row.flops);
  const flopsPerStep = batch * (forwardAndBackward * student + teacher);

  const parameters = backbone.parameters + head.parameters;
  // Student, teacher, gradients, and AdamW's two moments or SGD's one.
  const copies = 3 + (recipe.optimizer === 'adamw' ? 2 : 1);
  const pixels = 3 * (2 * recipe.global_crops_size ** 2 + locals * recipe.local_crops_size ** 2);
  const kept = 2 * globalPass.kept + locals * localPass.kept + views * row.kept;
  // The teacher keeps nothing but its outputs and the layer at hand.
  const transient = 2 * (3 * globalPass.largest + 2 * recipe.out_dim);
  const activations = batch * (2 * pixels + backwardHeadroom * kept + transient);
  const stored = facts.trainImages * facts.imageSize ** 2;

  // Views of one size go through the backbone together, all views through the head.
  const together = recipe.local_crops_size === recipe.global_crops_size ? views : 2;
  const largest = Math.max(
    backbone.largestWeight,
    head.largestWeight,
    batch * together * Math.max(globalPass.largest, 3 * recipe.global_crops_size ** 2),
    batch * locals * Math.max(localPass.largest, 3 * recipe.local_crops_size ** 2),
    batch * views * row.largest,
  );
  const plan = facts.plan?.(recipe) ?? null;
  const memory = plan ?? {
    gpuBytes: bytesPerNumber * Math.ceil(copies * parameters + activations + stored),
    largestBufferBytes: bytesPerNumber * largest,
  };
  return {
    parameters,
    backboneParameters: backbone.parameters,
    headParameters: head.parameters,
    featureDim: backbone.featureDim,
    flopsPerStep,
    gpuBytes: memory.gpuBytes,
    largestBufferBytes: memory.largestBufferBytes,
    planned: plan !== null,
  };
}
