/**
 * What to change when a DINO run does not learn: recipe fields and values that worked in the trials behind
 * docs/recipes.md. What the recipe has already is not advised again.
 */
import type { Recipe } from '../../recipe';
import { type Advice, pick, set, short } from './report';

/** Fields that advice looks at or speaks of. */
export type AdvisedRecipe = Pick<
  Recipe,
  | 'arch'
  | 'batch_size'
  | 'center_momentum'
  | 'centering'
  | 'centering_on'
  | 'clip_grad'
  | 'data'
  | 'global_crops_scale_min'
  | 'hue'
  | 'init'
  | 'jitter_prob'
  | 'lr'
  | 'momentum_teacher'
  | 'out_dim'
  | 'sharpening_on'
  | 'student_temp'
  | 'teacher_temp'
  | 'warmup_epochs'
>;

/** Views must share information: a soft teacher, or views too different, leave nothing to agree on. */
export function againstUniformCollapse(recipe: AdvisedRecipe): Advice[] {
  const jittered = recipe.jitter_prob > 0 && recipe.hue > 0.1;
  return pick([
    !recipe.sharpening_on &&
      set('sharpening_on', true, 'Turn sharpening on: without it the teacher flattens.'),
    jittered &&
      set(
        'hue',
        0.1,
        'Lower hue to 0.1: stronger jitter takes away the colour that two views have in common.',
      ),
    recipe.teacher_temp > 0.02 &&
      set(
        'teacher_temp',
        0.02,
        'Lower teacher_temp to 0.02: a sharper teacher gives the student more to follow.',
      ),
    recipe.centering !== 'sinkhorn' &&
      set(
        'centering',
        'sinkhorn',
        'Set centering to sinkhorn: it keeps the outputs spread and lets them sharpen.',
      ),
    recipe.data === 'folder' &&
      recipe.arch === 'vit' &&
      set(
        'arch',
        'cnn',
        'Set arch to cnn: on a few hundred photos a small ViT does not start, a small CNN does.',
      ),
    recipe.global_crops_scale_min < 0.5 &&
      set('global_crops_scale_min', 0.5, 'Raise global_crops_scale_min to 0.5: larger crops share more.'),
    recipe.out_dim > 1024 && set('out_dim', 64, 'Lower out_dim to 64: few images need few outputs.'),
    recipe.init === 'official' &&
      set('init', 'fan_in', 'Set init to fan_in: the official scale starts too flat for a short run.'),
    set(
      'lr',
      recipe.lr / 2,
      `Lower lr to ${short(recipe.lr / 2)}: a large rate can flatten the outputs early.`,
    ),
  ]);
}

/** All images land on the same output: centring has lost against sharpening. */
export function againstOneHotCollapse(recipe: AdvisedRecipe): Advice[] {
  const momentum = Math.max(recipe.center_momentum - 0.2, 0);
  return pick([
    !recipe.centering_on && set('centering_on', true, 'Turn centring on: without it one output takes all.'),
    recipe.centering !== 'sinkhorn' &&
      set('centering', 'sinkhorn', 'Set centering to sinkhorn: it gives every output its share.'),
    recipe.teacher_temp < 0.04 &&
      recipe.centering !== 'sinkhorn' &&
      set('teacher_temp', 0.04, 'Raise teacher_temp to 0.04: a softer teacher commits later.'),
    recipe.centering !== 'sinkhorn' &&
      recipe.center_momentum > 0.5 &&
      set(
        'center_momentum',
        momentum,
        `Lower center_momentum to ${short(momentum)}: the centre follows faster.`,
      ),
    recipe.momentum_teacher < 0.99 &&
      set(
        'momentum_teacher',
        0.99,
        'Raise momentum_teacher to 0.99: a slower teacher runs away less easily.',
      ),
    set('lr', recipe.lr / 2, `Lower lr to ${short(recipe.lr / 2)}.`),
  ]);
}

/** The teacher says little more than the student knows. */
export function againstSlowness(recipe: AdvisedRecipe): Advice[] {
  const photos = recipe.arch === 'cnn';
  const momentum = photos ? 0.97 : 0.99;
  return pick([
    !recipe.sharpening_on &&
      set('sharpening_on', true, 'Turn sharpening on: without it the teacher is too soft.'),
    recipe.teacher_temp > 0.02 &&
      set('teacher_temp', 0.02, 'Lower teacher_temp to 0.02: the teacher is too soft to teach much.'),
    recipe.centering !== 'sinkhorn' &&
      set('centering', 'sinkhorn', 'Set centering to sinkhorn: it learnt fastest in our short runs.'),
    recipe.momentum_teacher > momentum &&
      set('momentum_teacher', momentum, `Lower momentum_teacher to ${momentum}: the teacher follows sooner.`),
    recipe.jitter_prob > 0 &&
      recipe.hue > 0.1 &&
      set('hue', 0.1, 'Lower hue to 0.1: the two views have too little in common.'),
    recipe.data === 'folder' &&
      recipe.arch === 'vit' &&
      set(
        'arch',
        'cnn',
        'Set arch to cnn: on a few hundred photos a small CNN learns where a small ViT does not.',
      ),
    set(null, null, 'Or train longer: most of the gain comes after the learning rate has warmed up.'),
  ]);
}

/** Nothing in the recipe is wrong; the pictures give the answer away. */
export function againstShortcut(recipe: AdvisedRecipe): Advice[] {
  return pick([
    recipe.data === 'noise' &&
      set(
        'data',
        'confetti',
        'Choose data confetti: its backgrounds look alike, so only the object tells images apart.',
      ),
    recipe.data === 'grey' &&
      set(null, null, 'Train longer: on grey the object was found slowly, by step 400.'),
    recipe.data === 'folder' &&
      set(null, null, 'Use pictures whose backgrounds look alike, or many more of them.'),
    set(null, null, 'No gauge shows this: compare the attention with the whole-image line instead.'),
  ]);
}
