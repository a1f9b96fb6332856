/** What a preset is, and the pieces that presets of every method share. */
import { officialRecipeOf, type Recipe } from '../fields';
import type { MethodName } from '../methods';

/** A recipe to start from. */
export interface Preset {
  /** As written in a permalink. */
  name: string;
  title: string;
  /** What it trains, in a line. */
  about: string;
  method: MethodName;
  /** The pictures it was made for; the same as `recipe.data`. */
  data: Recipe['data'];
  /** One honest sentence on what to expect. */
  expectation: string;
  recipe: Readonly<Recipe>;
}

/** What a preset changes of its method's official recipe. */
export type Changes = Partial<Recipe>;

/** All runs of a preset count ten steps as an epoch, so that it lasts as long on every data set. */
const stepsPerEpoch = 10;

/** Length in steps, with the learning rate warming up for 10 % of it. */
export function lasting(steps: number): Changes {
  const epochs = steps / stepsPerEpoch;
  return { steps_per_epoch: stepsPerEpoch, epochs, warmup_epochs: epochs / 10 };
}

/** A Transformer of 280 thousand weights on 64 px, patch 8. */
export const tinyVit: Changes = {
  arch: 'vit',
  patch_size: 8,
  embed_dim: 64,
  depth: 4,
  num_heads: 4,
  global_crops_size: 64,
  local_crops_size: 32,
};

/** No blur: at 64 px it takes away what tells the pictures apart. */
export const sharp: Changes = { blur_prob_global1: 0, blur_prob_global2: 0, blur_prob_local: 0 };

/** Starts from the official recipe of a method. */
export function preset(
  method: MethodName,
  name: string,
  title: string,
  about: string,
  expectation: string,
  changes: Changes,
): Preset {
  const recipe = Object.freeze({ ...officialRecipeOf(method), ...changes });
  return { name, title, about, method, data: recipe.data, expectation, recipe };
}
