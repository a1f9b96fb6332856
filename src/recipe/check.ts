/**
 * Whether a run can start at all. What cannot work is refused before anything is built, with the field named and
 * a value that would work; what probably disappoints is a warning.
 */
import * as v from 'valibot';
import { checkMemory } from './checkMemory';
import type { RunFacts } from './cost';
import type { FieldSpec, FieldValue } from './field';
import { type FieldName, fieldNames, type Recipe, recipeFields } from './fields';
import { cnnMapSide, stemChannels, stemGroups } from './networkCost';
import { describeValue } from './parse';
import { planRun } from './plan';
import type { FieldProblem } from './problem';
import { fieldSchemas } from './schema';

/** Longest run that is planned: every schedule holds one number per step. */
const maxSteps = 1_000_000;

const problem =
  (kind: FieldProblem['kind']) =>
  (field: FieldName, message: string, suggestion?: FieldValue): FieldProblem =>
    suggestion === undefined ? { field, kind, message } : { field, kind, message, suggestion };
const refuse = problem('refusal');
const warn = problem('warning');

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

/** Three significant digits, for showing and suggesting. */
const tidy = (value: number): number => Number(value.toPrecision(3));

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
  if (recipe.batch_size > facts.trainImages) {
    const fits = powerOfTwoWithin(facts.trainImages);
    const message = `A batch of ${recipe.batch_size} is larger than the ${facts.trainImages} training pictures; ${fits} would do.`;
    return [refuse('batch_size', message, fits)];
  }
  if (recipe.batch_size < 16) {
    return [
      warn(
        'batch_size',
        `With ${recipe.batch_size} pictures a step the teacher is noisy; 16 or more are steadier.`,
      ),
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

function viewSizes(recipe: Recipe) {
  const sizes: (readonly ['global_crops_size' | 'local_crops_size', string])[] = [
    ['global_crops_size', 'global'],
  ];
  if (recipe.local_crops_number > 0) sizes.push(['local_crops_size', 'local']);
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

function checkHead(recipe: Recipe): FieldProblem[] {
  if (!recipe.use_bn_in_head || recipe.head_nlayers < 2 || recipe.batch_size > 1) return [];
  const message = 'Batch norm in the head needs more than one picture in a batch to average over.';
  return [refuse('use_bn_in_head', message, false)];
}

function checkLength(recipe: Recipe, facts: RunFacts): FieldProblem[] {
  const { stepsPerEpoch, totalSteps, warmupSteps, frozenSteps, peakLr } = planRun(recipe, facts.trainImages);
  if (stepsPerEpoch < 1) return [];
  if (totalSteps < 1) {
    const oneStep = Math.ceil(100 / stepsPerEpoch) / 100;
    const fits = Math.max(oneStep, recipe.warmup_epochs, recipe.warmup_teacher_temp_epochs);
    return [refuse('epochs', `${recipe.epochs} epochs of ${stepsPerEpoch} steps are no step at all.`, fits)];
  }
  if (totalSteps > maxSteps) {
    const fits = Math.floor((maxSteps / stepsPerEpoch) * 100) / 100;
    const message = `This run would take ${totalSteps} steps; ${maxSteps} are the most that are planned.`;
    return [refuse('epochs', message, fits)];
  }
  const problems: FieldProblem[] = [];
  if (warmupSteps > totalSteps) {
    const message = `The learning rate would warm up for ${warmupSteps} steps, longer than the whole run of ${totalSteps}.`;
    problems.push(refuse('warmup_epochs', message, tidy(recipe.epochs / 10)));
  }
  if (recipe.warmup_teacher_temp_epochs > recipe.epochs) {
    const message = `The teacher temperature would warm up for ${recipe.warmup_teacher_temp_epochs} epochs, longer than the run of ${recipe.epochs}.`;
    problems.push(refuse('warmup_teacher_temp_epochs', message, 0));
  }
  if (frozenSteps >= totalSteps) {
    const message = `The last layer stays frozen for ${frozenSteps} steps and the run has ${totalSteps}, so it never learns.`;
    problems.push(warn('freeze_last_layer', message, tidy(recipe.epochs / 20)));
  }
  if (recipe.min_lr > peakLr) {
    const message = `The learning rate would rise from its peak of ${tidy(peakLr)} to ${recipe.min_lr} at the end.`;
    problems.push(warn('min_lr', message, tidy(peakLr / 100)));
  }
  const halfLife = Math.log(0.5) / Math.log(recipe.momentum_teacher);
  if (recipe.momentum_teacher === 1) {
    problems.push(warn('momentum_teacher', 'At 1 the teacher never learns anything from the student.'));
  } else if (halfLife > totalSteps / 2) {
    const message = `The teacher takes ${Math.round(halfLife)} steps to come half way to the student, in a run of ${totalSteps}.`;
    problems.push(warn('momentum_teacher', message));
  }
  return problems;
}

function checkTemperatures(recipe: Recipe): FieldProblem[] {
  if (!recipe.sharpening_on) return [];
  const names: ('teacher_temp' | 'warmup_teacher_temp')[] = ['teacher_temp'];
  if (recipe.warmup_teacher_temp_epochs > 0) names.push('warmup_teacher_temp');
  return names
    .filter((name) => recipe[name] >= recipe.student_temp)
    .map((name) =>
      warn(
        name,
        `${name} (${recipe[name]}) should be lower than the student's ${recipe.student_temp}: as it is, nothing sharpens and everything drifts to the uniform answer.`,
      ),
    );
}

function checkPairs(recipe: Recipe): FieldProblem[] {
  const blurs = recipe.blur_prob_global1 + recipe.blur_prob_global2 + recipe.blur_prob_local > 0;
  const pairs = [
    ['global_crops_scale_min', 'global_crops_scale_max', true],
    ['local_crops_scale_min', 'local_crops_scale_max', recipe.local_crops_number > 0],
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
    ...(recipe.arch === 'vit' ? checkVit(recipe, facts) : checkCnn(recipe)),
    ...checkHead(recipe),
    ...checkPairs(recipe),
    ...checkLength(recipe, facts),
    ...checkTemperatures(recipe),
  ];
  return problems.some(({ kind }) => kind === 'refusal')
    ? problems
    : [...problems, ...checkMemory(recipe, facts)];
}
