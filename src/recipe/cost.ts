/**
 * What a training step costs, before anything is built. Parameters are exact; operations count the matrix
 * products and convolutions; bytes are those the engine planned, where it did, else an estimate of the peak,
 * good enough to refuse what cannot fit.
 */

import type { PassCost } from './convolutionCost';
import type { Recipe } from './fields';
import { backboneCost, headsCost } from './networkCost';
import { pictureBytes, pictureRoom, votersOf } from './pictureRoom';

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

/** Rows of pictures that go through the networks in a step. */
interface StepRows {
  global: number;
  local: number;
  /** Rows of the teacher, forward only. */
  teacher: number;
}

function stepRows(recipe: Recipe, classes: number): StepRows {
  const { method, batch_size: batch, local_crops_number: locals } = recipe;
  if (method === 'dino') return { global: 2 * batch, local: locals * batch, teacher: 2 * batch };
  if (method === 'swav') return { global: 2 * batch, local: locals * batch, teacher: 0 };
  if (method === 'supervised') return { global: 2 * batch, local: 0, teacher: 0 };
  return {
    global: 2 * batch + votersOf(recipe, classes) * recipe.supervised_views,
    local: locals * batch,
    teacher: 0,
  };
}

/** Estimates the cost of `recipe`, whose values must be in range. */
export function estimateCost(recipe: Recipe, facts: RunFacts): RunCost {
  const backbone = backboneCost(recipe);
  const heads = headsCost(recipe, backbone.featureDim, facts.classes);
  const { global, local, teacher } = stepRows(recipe, facts.classes);
  const globalPass = backbone.pass(recipe.global_crops_size);
  const localPass = backbone.pass(recipe.local_crops_size);
  const row = sumOf(heads.map((head) => head.pass(1)));

  const student = global * globalPass.flops + local * localPass.flops + (global + local) * row.flops;
  const flopsPerStep = forwardAndBackward * student + teacher * (globalPass.flops + row.flops);

  const headParameters = heads.reduce((sum, head) => sum + head.parameters, 0);
  const parameters = backbone.parameters + headParameters;
  // The network, its teacher, gradients, and AdamW's two moments or SGD's one.
  const copies = (teacher > 0 ? 3 : 2) + (recipe.optimizer === 'adamw' ? 2 : 1);
  const pixels = 3 * (global * recipe.global_crops_size ** 2 + local * recipe.local_crops_size ** 2);
  const kept = global * globalPass.kept + local * localPass.kept + (global + local) * row.kept;
  // The teacher keeps nothing but its outputs and the layer at hand.
  const transient = teacher * (3 * globalPass.largest + 2 * recipe.out_dim);
  const activations = 2 * pixels + backwardHeadroom * kept + transient;
  const { trainImages: pictures, imageSize } = facts;
  const room = pictureRoom(recipe, { ...facts, pictures });

  // Views of one size go through the backbone together, all views through the head.
  const together = recipe.local_crops_size === recipe.global_crops_size ? global + local : global;
  const largest = Math.max(
    backbone.largestWeight,
    ...heads.map((head) => head.largestWeight),
    together * Math.max(globalPass.largest, 3 * recipe.global_crops_size ** 2),
    local * Math.max(localPass.largest, 3 * recipe.local_crops_size ** 2),
    (global + local) * row.largest,
  );
  const plan = facts.plan?.(recipe) ?? null;
  const memory = plan ?? {
    gpuBytes: bytesPerNumber * Math.ceil(copies * parameters + activations) + room * pictureBytes(imageSize),
    largestBufferBytes: bytesPerNumber * largest,
  };
  return {
    parameters,
    backboneParameters: backbone.parameters,
    headParameters,
    featureDim: backbone.featureDim,
    flopsPerStep,
    gpuBytes: memory.gpuBytes,
    largestBufferBytes: memory.largestBufferBytes,
    planned: plan !== null,
  };
}

function sumOf(passes: readonly PassCost[]): PassCost {
  return {
    flops: passes.reduce((sum, { flops }) => sum + flops, 0),
    kept: passes.reduce((sum, { kept }) => sum + kept, 0),
    largest: Math.max(...passes.map(({ largest }) => largest)),
  };
}
