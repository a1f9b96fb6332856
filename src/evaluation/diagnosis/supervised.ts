/**
 * What the numbers of the supervised baseline say, in words: a few labels are soon known by heart, and then more
 * steps change nothing (docs/recipes.md).
 */
import type { Recipe } from '../../recipe';
import {
  type Advice,
  againstDivergence,
  brokenLoss,
  type Diagnosis,
  EARLIEST,
  featureSpread,
  gauge,
  heldOut,
  meanOf,
  pick,
  type RunNumbers,
  set,
  short,
  staysAt,
  verdictWith,
  WINDOW,
} from './report';

/** Fields that advice looks at or speaks of. */
export type AdvisedSupervisedRecipe = Pick<
  Recipe,
  'clip_grad' | 'jitter_prob' | 'label_source' | 'labels_per_class' | 'lr' | 'warmup_epochs'
>;

export interface SupervisedInput extends RunNumbers {
  /** Classes of the data set that have labels. */
  classes: number;
  recipe: AdvisedSupervisedRecipe;
}

/** The loss this close to ln C, in nats, for this many steps. */
const UNIFORM = { width: 0.02, steps: 50 };
/** Percent of its training pictures right from which on there is nothing left to learn in them. */
const KNOWN_BY_HEART = 98;
/** Evaluations compared, and points of held-out accuracy that still count as rising; one score is that uncertain. */
const FLAT = { evaluations: 3, rise: 2 };
/** Training above held-out accuracy: runs that had plateaued stood 20 to 30 points apart. */
const HEALTHY_GAP = 20;

/** Judges a supervised run by its latest numbers. */
export function diagnoseSupervised(input: SupervisedInput): Diagnosis {
  const { step, warmupSteps, reports, evaluations, classes, recipe } = input;
  const lnC = Math.log(classes);
  const loss = meanOf(reports, 'loss');
  const correct = meanOf(reports, 'batchCorrect');
  const scores = evaluations.flatMap((evaluation) => {
    const accuracy = evaluation.step > 0 ? heldOut(evaluation) : null;
    return accuracy === null ? [] : [{ step: evaluation.step, accuracy }];
  });
  const latest = scores.at(-1)?.accuracy ?? null;
  const say = verdictWith([
    gauge(
      'loss',
      'loss / ln C',
      loss / lnC,
      [0, 0.9],
      [{ at: 1 - UNIFORM.width / lnC, beyond: 'above', means: 'uniform collapse' }],
    ),
    gauge('batchCorrect', 'training right, %', correct, [50, 100]),
    gauge('gap', 'training − held-out, points', latest === null ? null : correct - latest, [
      -HEALTHY_GAP,
      HEALTHY_GAP,
    ]),
    gauge('featureSpread', 's = std × √d', featureSpread(evaluations), [0.25, 1]),
  ]);

  const broken = brokenLoss(reports);
  if (broken !== null) return say('diverged', 'Diverged', broken, againstDivergence(recipe));

  const earliest = Math.max(EARLIEST, warmupSteps + WINDOW);
  if (step < earliest || reports.length < WINDOW) {
    return say(
      'too early',
      'Too early to tell',
      `An even guess costs ln ${classes} = ${lnC.toFixed(3)}. From step ${earliest} on the numbers mean something.`,
    );
  }
  if (staysAt(reports, 'loss', lnC, UNIFORM.width, UNIFORM.steps)) {
    return say(
      'uniform',
      'Stuck at ln C',
      `The loss has stood at ${loss.toFixed(3)} for ${UNIFORM.steps} steps, and ln ${classes} = ${lnC.toFixed(3)} is what an even guess costs: not even the labels are learnt.`,
      againstStandstill(recipe),
    );
  }

  const compared = scores.slice(-FLAT.evaluations);
  const [first] = compared;
  const flat =
    first !== undefined &&
    compared.length === FLAT.evaluations &&
    compared.every(({ accuracy }) => accuracy <= first.accuracy + FLAT.rise);
  if (correct >= KNOWN_BY_HEART && flat && latest !== null) {
    return say(
      'memorised',
      'Known by heart',
      `It gets ${correct.toFixed(1)} % of its labelled pictures right, and held-out accuracy (${latest.toFixed(1)} %) has not risen since step ${first.step}: more steps change nothing.`,
      againstMemorising(recipe),
    );
  }
  const outside = latest === null ? '' : `, and ${latest.toFixed(1)} % of the held-out ones`;
  return say(
    'healthy',
    'Learning',
    `It gets ${correct.toFixed(1)} % of its labelled pictures right${outside}.`,
  );
}

function againstStandstill(recipe: AdvisedSupervisedRecipe): Advice[] {
  return pick([
    recipe.lr > 2e-3 && set('lr', 2e-3, 'Lower lr to 0.002, the rate that worked here.'),
    recipe.lr <= 2e-3 && set('lr', 2 * recipe.lr, `Raise lr to ${short(2 * recipe.lr)}.`),
    recipe.warmup_epochs === 0 && set('warmup_epochs', 1, 'Set warmup_epochs to 1 or more.'),
  ]);
}

function againstMemorising(recipe: AdvisedSupervisedRecipe): Advice[] {
  const { label_source, labels_per_class } = recipe;
  return pick([
    label_source === 'budget'
      ? set('labels_per_class', 2 * labels_per_class, `Raise labels_per_class to ${2 * labels_per_class}.`)
      : set(null, null, 'Label more pictures of each class.'),
    recipe.jitter_prob < 0.8 &&
      set(
        'jitter_prob',
        0.8,
        'Raise jitter_prob to 0.8: views that differ more are harder to know by heart.',
      ),
    set(
      null,
      null,
      'Take a PAWS preset with the same labels: it learns from the unlabelled pictures as well.',
    ),
  ]);
}
