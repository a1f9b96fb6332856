/** What can go wrong with one method and not with the others. */
import type { RunFacts } from './cost';
import type { Recipe } from './fields';
import { planRun } from './plan';
import { type FieldProblem, refuse, tidy, warn } from './problem';

function checkDinoHead(recipe: Recipe): FieldProblem[] {
  if (!recipe.use_bn_in_head || recipe.head_nlayers < 2 || recipe.batch_size > 1) return [];
  const message = 'Batch norm in the head needs more than one picture in a batch to average over.';
  return [refuse('use_bn_in_head', message, false)];
}

function checkTeacherLengths(recipe: Recipe, totalSteps: number): FieldProblem[] {
  const problems: FieldProblem[] = [];
  if (recipe.warmup_teacher_temp_epochs > recipe.epochs) {
    const message = `The teacher temperature would warm up for ${recipe.warmup_teacher_temp_epochs} epochs, longer than the run of ${recipe.epochs}.`;
    problems.push(refuse('warmup_teacher_temp_epochs', message, 0));
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

function checkDino(recipe: Recipe, totalSteps: number): FieldProblem[] {
  return [...checkDinoHead(recipe), ...checkTeacherLengths(recipe, totalSteps), ...checkTemperatures(recipe)];
}

/** Steps below which pure PAWS was never seen to leave its uniform start (docs/recipes.md). */
const shortRun = 2000;

function checkPaws(recipe: Recipe, totalSteps: number): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const ramps = [
    ['paws_ramp_start', 'paws_ramp_end'],
    ['me_max_ramp_start', 'me_max_ramp_end'],
  ] as const;
  for (const [start, end] of ramps) {
    if (recipe[start] <= recipe[end]) continue;
    problems.push(
      refuse(start, `${start} (${recipe[start]}) comes after ${end} (${recipe[end]}).`, recipe[end]),
    );
  }
  if (recipe.use_pred_head && recipe.output_dim < 4) {
    const message = `The prediction head narrows to a quarter of the embedding width, and a quarter of ${recipe.output_dim} is nothing; 4 would do.`;
    problems.push(refuse('output_dim', message, 4));
  }
  if (recipe.support_ce_weight === 0) {
    if (recipe.paws_ramp_start > 0) {
      const message = `Nothing is learnt in the first ${Math.round(100 * recipe.paws_ramp_start)} % of the run: the votes do not count yet and there is no label loss.`;
      problems.push(warn('paws_ramp_start', message, 0));
    }
    if (totalSteps < shortRun) {
      const message =
        'Pure PAWS hardly leaves its uniform start, ln C, within some hundred steps. A label loss of 1 gets it going.';
      problems.push(warn('support_ce_weight', message, 1));
    }
  }
  if (recipe.sharpen >= 1) {
    const message = 'At 1 nothing is sharpened: pseudo-labels stay as unsure as the votes.';
    problems.push(warn('sharpen', message, 0.25));
  }
  return problems;
}

function checkSwav(recipe: Recipe): FieldProblem[] {
  const { queue_length: queue, batch_size: batch } = recipe;
  if (queue === 0 || (queue >= batch && queue % batch === 0)) return [];
  const fits = Math.max(1, Math.floor(queue / batch)) * batch;
  const message = `A queue of ${queue} is not a whole number of batches of ${batch}; ${fits} would do.`;
  return [refuse('queue_length', message, fits)];
}

/** All that stands against the recipe's method, on these pictures. */
export function checkMethod(recipe: Recipe, facts: RunFacts): FieldProblem[] {
  const { totalSteps, peakLr } = planRun(recipe, facts.trainImages);
  if (totalSteps < 1) return [];
  if (recipe.method === 'dino') return checkDino(recipe, totalSteps);
  const problems: FieldProblem[] = [];
  if (recipe.start_lr > peakLr) {
    const message = `The warm-up would go down, from ${recipe.start_lr} to the peak of ${tidy(peakLr)}.`;
    problems.push(warn('start_lr', message, 0));
  }
  if (recipe.method === 'paws') problems.push(...checkPaws(recipe, totalSteps));
  if (recipe.method === 'swav') problems.push(...checkSwav(recipe));
  return problems;
}
