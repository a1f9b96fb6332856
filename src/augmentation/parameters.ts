/**
 * What happens to every crop of a step, drawn on the CPU and handed to the kernels as numbers: so the same
 * crops can be shown, compared with golden numbers, and replayed by a captured step.
 *
 * Distributions and order of the draws follow `DataAugmentationDINO` of main_dino.py, the transforms of suncet's
 * data_manager.py, and those of torchvision 0.14 that both are made of: box, flip, jitter (its order, then its
 * factors), grey, blur, solarise, equalise, picture by picture and view by view. What is not applied is not drawn.
 */
import { type RandomStream, randomStream } from '../platform/random';
import type { Recipe } from '../recipe';
import { type Box, RATIO_RANGE, randomResizedCrop } from './randomResizedCrop';
import type { Interpolation } from './reference/resize';

/** Columns of a parameter row. Flags are 0 or 1. */
export const column = {
  /** Index of the picture in the store. */
  image: 0,
  /** The box, in pixels of the stored picture. */
  top: 1,
  left: 2,
  height: 3,
  width: 4,
  /** Mirrored left to right. */
  flip: 5,
  /** Colour jitter on; the next eight columns mean nothing without it. */
  jitter: 6,
  /** Four columns: the operations in the order they are applied (see `operation`). */
  order: 7,
  /** Factor; 1 = unchanged. */
  brightness: 11,
  contrast: 12,
  saturation: 13,
  /** Turn of the colour circle in [−0.5, 0.5]; 0 = unchanged. */
  hue: 14,
  gray: 15,
  /** Radius of the blur in pixels of the finished crop; 0 = none. */
  blur: 16,
  /** Values from here on are inverted (see `solarizeCut`); 2 = none. */
  solarize: 17,
  /** The histogram of every channel is levelled, after all else. */
  equalize: 18,
} as const;

/** Numbers in a parameter row. */
export const COLUMNS = 19;

/** Codes in the four `order` columns. */
export const operation = { brightness: 0, contrast: 1, saturation: 2, hue: 3 } as const;

/** Value of `column.solarize` that inverts nothing. */
export const NO_SOLARIZE = 2;

/** The recipe fields that decide how views are made. */
export type CropRecipe = Pick<
  Recipe,
  | 'global_crops_size'
  | 'global_crops_scale_min'
  | 'global_crops_scale_max'
  | 'local_crops_number'
  | 'local_crops_size'
  | 'local_crops_scale_min'
  | 'local_crops_scale_max'
  | 'hflip_prob'
  | 'jitter_prob'
  | 'brightness'
  | 'contrast'
  | 'saturation'
  | 'hue'
  | 'gray_prob'
  | 'blur_prob_global1'
  | 'blur_prob_global2'
  | 'blur_prob_local'
  | 'blur_radius_min'
  | 'blur_radius_max'
  | 'solarize_prob'
  | 'solarize_all'
  | 'equalize_prob'
  | 'interpolation'
>;

/** One view of a picture. */
export interface View {
  /** 'global 1', 'global 2', 'local 1' … */
  name: string;
  /** Least and greatest share of the picture's area. */
  scale: readonly [number, number];
  blurProb: number;
  solarizeProb: number;
  /** From which 8-bit value on: 128 as in DINO, or drawn from 0 … 256 each time, as in PAWS. */
  solarizeFrom: 128 | 'drawn';
  equalizeProb: number;
}

/** The stages of the chain that can touch a crop at all; what is off here is never dispatched. */
export interface Stages {
  colour: boolean;
  /** Largest blur radius in pixels; 0 = no crop is blurred. */
  blur: number;
  solarize: boolean;
  equalize: boolean;
}

/** Views of one size, made in one batch. */
export interface ViewGroup {
  /** Side of the crops in pixels. */
  size: number;
  views: readonly View[];
  stages: Stages;
  /** How a box is brought to the crop's size, antialiased. */
  interpolation: Interpolation;
}

/** The crops of one group in one step. */
export interface DrawnCrops {
  group: ViewGroup;
  /** Pictures in the batch. */
  batch: number;
  /** [views × batch, COLUMNS], view-major: row v × batch + b. */
  parameters: Float32Array;
}

/** A box and whether it was mirrored, for showing. */
export interface CropBox extends Box {
  flip: boolean;
}

/** A stored picture's sides; a number means a square. */
export type ImageSize = number | { readonly width: number; readonly height: number };

/** The groups of a recipe: the two global views, then the local ones where there are any. */
export function viewGroups(recipe: CropRecipe): ViewGroup[] {
  const globals = globalViews(recipe);
  const groups = [
    groupOf(recipe, recipe.global_crops_size, [globals(0, 'global 1'), globals(1, 'global 2')]),
  ];
  if (recipe.local_crops_number > 0) {
    const local: Omit<View, 'name'> = {
      scale: [recipe.local_crops_scale_min, recipe.local_crops_scale_max],
      blurProb: recipe.blur_prob_local,
      ...toneOf(recipe, false),
    };
    const locals = Array.from({ length: recipe.local_crops_number }, (_, i) => ({
      name: `local ${i + 1}`,
      ...local,
    }));
    groups.push(groupOf(recipe, recipe.local_crops_size, locals));
  }
  return groups;
}

/**
 * The group of the `count` views of labelled pictures, as PAWS votes with: made like the global views, the first,
 * third … like global 1, the others like global 2.
 */
export function supportGroup(recipe: CropRecipe, count: number): ViewGroup {
  const globals = globalViews(recipe);
  const views = Array.from({ length: count }, (_, i) => globals(i % 2, `support ${i + 1}`));
  return groupOf(recipe, recipe.global_crops_size, views);
}

/** How the global views are made; they differ in blur and solarisation only. */
function globalViews(recipe: CropRecipe): (which: number, name: string) => View {
  return (which, name) => ({
    name,
    scale: [recipe.global_crops_scale_min, recipe.global_crops_scale_max],
    blurProb: which === 0 ? recipe.blur_prob_global1 : recipe.blur_prob_global2,
    ...toneOf(recipe, which === 1),
  });
}

/** What happens to the levels of a view; without `solarize_all`, the second global view alone is solarised. */
function toneOf(
  recipe: CropRecipe,
  second: boolean,
): Pick<View, 'solarizeProb' | 'solarizeFrom' | 'equalizeProb'> {
  return {
    solarizeProb: recipe.solarize_all || second ? recipe.solarize_prob : 0,
    solarizeFrom: recipe.solarize_all ? 'drawn' : 128,
    equalizeProb: recipe.equalize_prob,
  };
}

function groupOf(recipe: CropRecipe, size: number, views: readonly View[]): ViewGroup {
  return {
    size,
    views,
    stages: {
      colour: recipe.jitter_prob > 0 || recipe.gray_prob > 0,
      blur: views.some((view) => view.blurProb > 0) ? recipe.blur_radius_max : 0,
      solarize: views.some((view) => view.solarizeProb > 0),
      equalize: recipe.equalize_prob > 0,
    },
    interpolation: recipe.interpolation,
  };
}

/** The stream that a step's crops are drawn from: the same (seed, step) always gives the same crops. */
export function cropStream(seed: number, step: number): RandomStream {
  return randomStream(seed, `crops ${step}`);
}

/** The stream that the crops of a step's labelled pictures are drawn from. */
export function supportCropStream(seed: number, step: number): RandomStream {
  return randomStream(seed, `support crops ${step}`);
}

/**
 * Draws the crops of one step for the pictures `indices`, which are `imageSize` pixels large: those of `groups`,
 * which are the recipe's own where left out.
 */
export function drawCrops(
  recipe: CropRecipe,
  rng: RandomStream,
  indices: ArrayLike<number>,
  imageSize: ImageSize,
  groups: readonly ViewGroup[] = viewGroups(recipe),
): DrawnCrops[] {
  const { width, height } = sides(imageSize);
  const batch = indices.length;
  const drawn = groups.map((group) => ({
    group,
    batch,
    parameters: new Float32Array(group.views.length * batch * COLUMNS),
  }));
  for (let b = 0; b < batch; b++) {
    for (const { group, parameters } of drawn) {
      group.views.forEach((view, v) => {
        const row = parameters.subarray((v * batch + b) * COLUMNS, (v * batch + b + 1) * COLUMNS);
        setNeutral(row);
        row[column.image] = indices[b]!;
        drawRow(row, recipe, view, rng, width, height);
      });
    }
  }
  return drawn;
}

/** [batch, COLUMNS] the rows of one view of a group. */
export function viewParameters(drawn: DrawnCrops, view: number): Float32Array {
  const length = drawn.batch * COLUMNS;
  return drawn.parameters.subarray(view * length, (view + 1) * length);
}

/** The boxes in rows of parameters, for showing on the original. */
export function boxesOf(parameters: Float32Array): CropBox[] {
  return Array.from({ length: parameters.length / COLUMNS }, (_, i) => {
    const at = (name: keyof typeof column) => parameters[i * COLUMNS + column[name]]!;
    return {
      top: at('top'),
      left: at('left'),
      height: at('height'),
      width: at('width'),
      flip: at('flip') > 0,
    };
  });
}

/** Rows that take each picture's largest central square as it is: the parameters of evaluation. */
export function evaluationParameters(indices: ArrayLike<number>, imageSize: ImageSize): Float32Array {
  const { width, height } = sides(imageSize);
  const side = Math.min(width, height);
  const parameters = new Float32Array(indices.length * COLUMNS);
  for (let i = 0; i < indices.length; i++) {
    const row = parameters.subarray(i * COLUMNS, (i + 1) * COLUMNS);
    setNeutral(row);
    row[column.image] = indices[i]!;
    setBox(row, {
      top: Math.floor((height - side) / 2),
      left: Math.floor((width - side) / 2),
      height: side,
      width: side,
    });
  }
  return parameters;
}

/**
 * Where floats are cut so that exactly the 8-bit values ≥ `threshold` (0 … 256, may be fractional) are
 * inverted: half a level below the first of them.
 */
export function solarizeCut(threshold: number): number {
  return (Math.ceil(threshold) - 0.5) / 255;
}

/** Width and height of an `ImageSize`. */
export function sides(size: ImageSize): { width: number; height: number } {
  return typeof size === 'number' ? { width: size, height: size } : size;
}

/** Writes a row that changes nothing, without box and picture. */
function setNeutral(row: Float32Array): void {
  row.fill(0);
  for (let i = 0; i < 4; i++) row[column.order + i] = i;
  row[column.brightness] = 1;
  row[column.contrast] = 1;
  row[column.saturation] = 1;
  row[column.solarize] = NO_SOLARIZE;
}

function setBox(row: Float32Array, box: Box): void {
  row[column.top] = box.top;
  row[column.left] = box.left;
  row[column.height] = box.height;
  row[column.width] = box.width;
}

function drawRow(
  row: Float32Array,
  recipe: CropRecipe,
  view: View,
  rng: RandomStream,
  width: number,
  height: number,
): void {
  const [low, high] = RATIO_RANGE;
  const draws = {
    area: () => rng.uniform(view.scale[0], view.scale[1]),
    logRatio: () => rng.uniform(Math.log(low), Math.log(high)),
    integer: (n: number) => rng.integer(n),
  };
  setBox(row, randomResizedCrop(height, width, draws));
  row[column.flip] = rng.uniform() < recipe.hflip_prob ? 1 : 0;
  if (rng.uniform() < recipe.jitter_prob) {
    row[column.jitter] = 1;
    row.set(rng.permutation(4), column.order);
    // As in torchvision, a strength of 0 takes the operation out of the jitter and costs no draw.
    const factor = (strength: number) => rng.uniform(Math.max(0, 1 - strength), 1 + strength);
    if (recipe.brightness > 0) row[column.brightness] = factor(recipe.brightness);
    if (recipe.contrast > 0) row[column.contrast] = factor(recipe.contrast);
    if (recipe.saturation > 0) row[column.saturation] = factor(recipe.saturation);
    if (recipe.hue > 0) row[column.hue] = rng.uniform(-recipe.hue, recipe.hue);
  }
  if (rng.uniform() < recipe.gray_prob) row[column.gray] = 1;
  if (rng.uniform() < view.blurProb) {
    row[column.blur] = rng.uniform(recipe.blur_radius_min, recipe.blur_radius_max);
  }
  // A transform that an official pipeline does not have is not drawn for either.
  if (view.solarizeProb > 0 && rng.uniform() < view.solarizeProb) {
    row[column.solarize] = solarizeCut(
      view.solarizeFrom === 'drawn' ? rng.uniform(0, 256) : view.solarizeFrom,
    );
  }
  if (view.equalizeProb > 0 && rng.uniform() < view.equalizeProb) row[column.equalize] = 1;
}
