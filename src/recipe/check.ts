/**
 * Whether a run can start at all. What cannot work is refused before anything is built, with the field named and
 * a value that would work; what probably disappoints is a warning.
 */
import * as v from 'valibot';
import { checkCues } from './checkCues';
import { checkMemory } from './checkMemory';
import { checkMethod } from './checkMethod';
import { cnnMapSide } from './convolutionCost';
import type { RunFacts } from './cost';
import { type FieldSpec, type FieldValue, fieldApplies } from './field';
import { fieldNames, type Recipe, recipeFields } from './fields';
import { stemChannels, stemGroups } from './networkCost';
import { describeValue } from './parse';
import { planRun } from './plan';
import { type FieldProblem, refuse, tidy, warn } from './problem';
import { fieldSchemas } from './schema';

/** Longest run that is planned: every schedule holds one number per step. */
const maxSteps = 1_000_000;

/** The value in range that is nearest to a wrong one. */
function nearestValid(spec: FieldSpec, value: unknown): FieldValue {
  if (spec.kind === 'boolean' || spec.kind === 'choice') return spec.official;
  if (typeof value !== 'number' || Number.isNaN(value)) return spec.official;
  const inside = Math.min(spec.max, Math.max(spec.min, value));
  return spec.kind === 'integer' ? Math.round(inside) : inside;
}

function checkRanges(recipe: Recipe): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const name of fieldNames) {
    const result = v.safeParse(fieldSchemas[name], recipe[name]);
    if (result.success) continue;
    const message = `${name} ${result.issues[0].message}, and is ${describeValue(recipe[name])}.`;
    problems.push(refuse(name, message, nearestValid(recipeFields[name], recipe[name])));
  }
  return problems;
}

const powerOfTwoWithin = (limit: number): number => 2 ** Math.floor(Math.log2(limit));

function checkPictures(recipe: Recipe, facts: RunFacts): FieldProblem[] {
  const other = recipe.data === 'folder' ? 'confetti' : undefined;
  if (!(facts.trainImages >= 1)) {
    return [refuse('data', 'There are no pictures to train on. Add some, or take a built-in set.', other)];
  }
  if (facts.trainImages < 2) {
    return [
      refuse('data', 'One picture leaves nothing to tell apart. Add more, or take a built-in set.', other),
    ];
  }
  // Labelled pictures come again and again in the batches of the supervised baseline.
  if (recipe.method !== 'supervised' && recipe.batch_size > facts.trainImages) {
    const fits = powerOfTwoWithin(facts.trainImages);
    const message = `A batch of ${recipe.batch_size} is larger than the ${facts.trainImages} training pictures; ${fits} would do.`;
    return [refuse('batch_size', message, fits)];
  }
  if (recipe.batch_size < 16) {
    const noisy = recipe.method === 'dino' ? 'the teacher is noisy' : 'every step is noisy';
    return [
      warn('batch_size', `With ${recipe.batch_size} pictures a step ${noisy}; 16 or more are steadier.`),
    ];
  }
  return [];
}

/** The number nearest to `value` that passes, looking up to `max` and down to `min`; the larger of two equals. */
function nearest(value: number, min: number, max: number, passes: (candidate: number) => boolean) {
  for (let distance = 0; distance <= max - min; distance++) {
    for (const candidate of [value + distance, value - distance]) {
      if (candidate >= min && candidate <= max && passes(candidate)) return candidate;
    }
  }
  return undefined;
}

function checkVit(recipe: Recipe, facts: RunFacts): FieldProblem[] {
  const { patch_size: patch, embed_dim: dim, num_heads: heads } = recipe;
  const problems: FieldProblem[] = [];
  if (facts.imageSize < patch) {
    const fits = [16, 8, 4].find((size) => size <= facts.imageSize);
    const message = `A patch of ${patch} px is larger than the pictures, which have ${facts.imageSize} px.`;
    problems.push(refuse('patch_size', message, fits));
  }
  if (dim % heads !== 0) {
    const fits = nearest(heads, 1, 16, (count) => dim % count === 0);
    const message = `A width of ${dim} does not divide by ${heads} heads (embed_dim ÷ num_heads); ${fits} would do.`;
    problems.push(refuse('num_heads', message, fits));
  }
  const stemWorks = (width: number) =>
    stemChannels(width, patch).every((channels, i) => i === 0 || channels % stemGroups(channels) === 0);
  if (recipe.conv_stem && !stemWorks(dim)) {
    const works = (width: number) => width % 8 === 0 && width % heads === 0 && stemWorks(width);
    const fits = nearest(dim, 8, Math.min(2 * dim, 1024), works);
    const message = `The convolutional stem cannot split a width of ${dim} into groups of channels`;
    problems.push(
      fits === undefined
        ? refuse('conv_stem', `${message}; switch it off.`, false)
        : refuse('embed_dim', `${message}; ${fits} would do.`, fits),
    );
  }
  for (const [name, views] of viewSizes(recipe)) {
    const size = recipe[name];
    if (size < patch) {
      const message = `A ${views} view of ${size} px is smaller than a patch of ${patch} px.`;
      problems.push(refuse(name, message, 4 * patch));
    } else if (size % patch !== 0) {
      const fits = size - (size % patch);
      const message = `A ${views} view of ${size} px is not a whole number of ${patch} px patches`;
      problems.push(
        recipe.conv_stem
          ? refuse(name, `${message}, which the convolutional stem needs; ${fits} would do.`, fits)
          : warn(name, `${message}: the last ${size % patch} px are cut off.`, fits),
      );
    }
  }
  return problems;
}

/** Whether small views are made at all. */
const usesLocals = (recipe: Recipe): boolean =>
  recipe.local_crops_number > 0 && fieldApplies(recipeFields.local_crops_number, recipe);

function viewSizes(recipe: Recipe) {
  const sizes: (readonly ['global_crops_size' | 'local_crops_size', string])[] = [
    ['global_crops_size', 'global'],
  ];
  if (usesLocals(recipe)) sizes.push(['local_crops_size', 'local']);
  return sizes;
}

function checkCnn(recipe: Recipe): FieldProblem[] {
  const problems: FieldProblem[] = [];
  for (const [name, views] of viewSizes(recipe)) {
    const map = cnnMapSide(recipe, recipe[name]);
    if (map >= recipe.cnn_pool) continue;
    const grid = `${recipe.cnn_pool}×${recipe.cnn_pool}`;
    const message = `A ${views} view of ${recipe[name]} px leaves a map of ${map}×${map}, too small for a feature grid of ${grid}.`;
    problems.push(refuse(name, message, recipe.cnn_pool * 2 ** (1 + recipe.cnn_blocks)));
  }
  return problems;
}

function checkLength(recipe: Recipe, facts: RunFacts): FieldProblem[] {
  const { stepsPerEpoch, totalSteps, warmupSteps, frozenSteps, peakLr } = planRun(recipe, facts.trainImages);
  if (stepsPerEpoch < 1) return [];
  if (totalSteps < 1) {
    const oneStep = Math.ceil(100 / stepsPerEpoch) / 100;
    const warmTeacher = recipe.method === 'dino' ? recipe.warmup_teacher_temp_epochs : 0;
    const fits = Math.max(oneStep, recipe.warmup_epochs, warmTeacher);
    return [refuse('epochs', `${recipe.epochs} epochs of ${stepsPerEpoch} steps are no step at all.`, fits)];
  }
  if (totalSteps > maxSteps) {
    const fits = Math.floor((maxSteps / stepsPerEpoch) * 100) / 100;
    const message = `This run would take ${totalSteps} steps; ${maxSteps} are the most that are planned.`;
    return [refuse('epochs', message, fits)];
  }
  const problems: FieldProblem[] = [];
  const freezes = fieldApplies(recipeFields.freeze_last_layer, recipe);
  if (warmupSteps > totalSteps) {
    const message = `The learning rate would warm up for ${warmupSteps} steps, longer than the whole run of ${totalSteps}.`;
    problems.push(refuse('warmup_epochs', message, tidy(recipe.epochs / 10)));
  }
  if (freezes && frozenSteps >= totalSteps) {
    const message = `The last layer stays frozen for ${frozenSteps} steps and the run has ${totalSteps}, so it never learns.`;
    problems.push(warn('freeze_last_layer', message, tidy(recipe.epochs / 20)));
  }
  if (recipe.min_lr > peakLr) {
    const message = `The learning rate would rise from its peak of ${tidy(peakLr)} to ${recipe.min_lr} at the end.`;
    problems.push(warn('min_lr', message, tidy(peakLr / 100)));
  }
  return problems;
}

function checkPairs(recipe: Recipe): FieldProblem[] {
  const blurs = recipe.blur_prob_global1 + recipe.blur_prob_global2 + recipe.blur_prob_local > 0;
  const pairs = [
    ['global_crops_scale_min', 'global_crops_scale_max', true],
    ['local_crops_scale_min', 'local_crops_scale_max', usesLocals(recipe)],
    ['blur_radius_min', 'blur_radius_max', blurs],
  ] as const;
  return pairs
    .filter(([least, most, used]) => used && recipe[least] > recipe[most])
    .map(([least, most]) => {
      const message = `${least} (${recipe[least]}) is larger than ${most} (${recipe[most]}).`;
      return refuse(least, message, recipe[most]);
    });
}

/**
 * All that stands against starting `recipe` on these pictures and this adapter. Kind `refusal`: it must not start;
 * setting the field to the suggestion settles that refusal. Kind `warning`: it may. Never throws.
 */
export function checkRecipe(recipe: Recipe, facts: RunFacts): FieldProblem[] {
  const ranges = checkRanges(recipe);
  if (ranges.length > 0) return ranges;
  const problems = [
    ...checkPictures(recipe, facts),
    ...checkCues(recipe),
    ...(recipe.arch === 'vit' ? checkVit(recipe, facts) : []),
    ...(recipe.arch === 'cnn' ? checkCnn(recipe) : []),
    ...checkPairs(recipe),
    ...checkLength(recipe, facts),
    ...checkMethod(recipe, facts),
  ];
  return problems.some(({ kind }) => kind === 'refusal')
    ? problems
    : [...problems, ...checkMemory(recipe, facts)];
}
