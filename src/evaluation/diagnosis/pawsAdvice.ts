/**
 * What to change when PAWS does not learn: recipe fields and values that worked in the trials behind docs/recipes.md.
 * What the recipe has already is not advised again.
 */
import type { Recipe } from '../../recipe';
import { type Advice, pick, set, short } from './report';

/** Fields that advice looks at or speaks of. */
export type AdvisedPawsRecipe = Pick<
  Recipe,
  | 'arch'
  | 'classes_per_batch'
  | 'clip_grad'
  | 'cnn_pool'
  | 'data'
  | 'epochs'
  | 'label_seed'
  | 'label_source'
  | 'labels_per_class'
  | 'lr'
  | 'me_max'
  | 'me_max_ramp_end'
  | 'optimizer'
  | 'paws_ramp_end'
  | 'paws_ramp_start'
  | 'support_ce_weight'
  | 'warmup_epochs'
>;

/** An even guess is a resting point: something else has to break it first. */
export function againstUniformStart(recipe: AdvisedPawsRecipe): Advice[] {
  const pure = recipe.support_ce_weight === 0;
  const warmup = Number((0.3 * recipe.epochs).toPrecision(2));
  return pick([
    pure &&
      set(
        'support_ce_weight',
        1,
        'Set support_ce_weight to 1: a plain cross-entropy on the labelled pictures tells the classes apart first.',
      ),
    !pure &&
      recipe.paws_ramp_end < 0.45 &&
      set(
        'paws_ramp_end',
        0.45,
        'Raise paws_ramp_end to 0.45 (from 0.25): let the labels teach before they vote.',
      ),
    recipe.optimizer === 'lars' &&
      set(
        'optimizer',
        'adamw',
        'Set optimizer to adamw: LARS with its large rate went to ln C in every short run.',
      ),
    pure &&
      recipe.optimizer !== 'lars' &&
      recipe.lr > 1e-3 &&
      set('lr', 1e-3, 'Lower lr to 0.001: pure PAWS left the even guess with a low rate only.'),
    pure &&
      recipe.me_max &&
      recipe.me_max_ramp_end === 0 &&
      set(
        'me_max_ramp_end',
        0.5,
        'Set me_max_ramp_end to 0.5 (and me_max_ramp_start to 0.3): early me-max holds the answers even.',
      ),
    pure &&
      recipe.warmup_epochs < warmup &&
      set('warmup_epochs', warmup, `Raise warmup_epochs to ${warmup}, 30 % of the run.`),
    !pure && set('lr', recipe.lr / 2, `Lower lr to ${short(recipe.lr / 2)}.`),
  ]);
}

/** Nothing but me-max keeps rare answers alive. */
export function againstVanishingClasses(recipe: AdvisedPawsRecipe, rampIsUnderWay: boolean): Advice[] {
  return pick([
    !recipe.me_max && set('me_max', true, 'Turn me_max on: it rewards using every class.'),
    recipe.me_max &&
      rampIsUnderWay &&
      set(null, null, 'Wait until me_max counts fully: it brings back what has not vanished altogether.'),
    recipe.me_max && !rampIsUnderWay && set('lr', recipe.lr / 2, `Lower lr to ${short(recipe.lr / 2)}.`),
    set(null, null, 'Look at the ballot: a class whose labelled pictures are not typical gets no votes.'),
  ]);
}

/** The draw of labels mattered more than any setting. */
export function againstWrongPseudoLabels(recipe: AdvisedPawsRecipe): Advice[] {
  const { label_source, label_seed, labels_per_class } = recipe;
  const drawn = label_source === 'budget';
  return pick([
    recipe.support_ce_weight === 0 &&
      set('support_ce_weight', 1, 'Set support_ce_weight to 1: without it the votes rarely get past chance.'),
    drawn
      ? set(
          'label_seed',
          label_seed + 1,
          `Set label_seed to ${label_seed + 1}: which pictures are labelled matters more than anything (91 or 71 % with 4 labels).`,
        )
      : set(
          null,
          null,
          'Label other pictures, or let "Pick labels for me" choose: which ones matters more than anything.',
        ),
    drawn
      ? set('labels_per_class', 2 * labels_per_class, `Raise labels_per_class to ${2 * labels_per_class}.`)
      : set(null, null, 'Label more pictures of each class.'),
    recipe.arch === 'cnn' &&
      recipe.data === 'folder' &&
      recipe.cnn_pool < 4 &&
      set(
        'cnn_pool',
        4,
        'Set cnn_pool to 4: on photos a grid of features gave 12 points more than one cell.',
      ),
    set(null, null, 'Start from trained weights: a warm start begins with better votes.'),
  ]);
}
