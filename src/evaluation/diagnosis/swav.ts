/**
 * What the numbers of a SwAV run say, in words. SwAV is DINO's Sinkhorn-Knopp without a teacher, and is judged by the
 * limits measured there (`dinoGauges.ts`): assignments for the teacher's output, K prototypes for its dimensions.
 */
import type { Recipe } from '../../recipe';
import { LIMITS } from './dinoGauges';
import {
  type Advice,
  againstDivergence,
  brokenLoss,
  type Diagnosis,
  EARLIEST,
  featureSpread,
  gauge,
  meanOf,
  pick,
  type RunNumbers,
  set,
  short,
  verdictWith,
  WINDOW,
} from './report';

/** Fields that advice looks at or speaks of. */
export type AdvisedSwavRecipe = Pick<
  Recipe,
  | 'clip_grad'
  | 'epsilon'
  | 'global_crops_scale_min'
  | 'hue'
  | 'jitter_prob'
  | 'lr'
  | 'nmb_prototypes'
  | 'sinkhorn_iterations'
  | 'warmup_epochs'
>;

export interface SwavInput extends RunNumbers {
  recipe: AdvisedSwavRecipe;
}

/** Judges a run of SwAV by its latest numbers. */
export function diagnoseSwav({ step, warmupSteps, reports, evaluations, recipe }: SwavInput): Diagnosis {
  const lnK = Math.log(recipe.nmb_prototypes);
  const { uniform, oneHot, healthy } = LIMITS;
  const entropy = meanOf(reports, 'assignmentEntropy') / lnK;
  const meanEntropy = meanOf(reports, 'meanAssignmentEntropy') / lnK;
  const kl = meanOf(reports, 'kl');
  const loss = meanOf(reports, 'loss');
  const spread = featureSpread(evaluations);
  const say = verdictWith([
    gauge(
      'assignmentEntropy',
      'H / ln K',
      entropy,
      [oneHot.teacherEntropy, healthy.teacherEntropy[1]],
      [
        { at: uniform.teacherEntropy, beyond: 'above', means: 'uniform collapse' },
        { at: oneHot.teacherEntropy, beyond: 'below', means: 'one-hot collapse' },
      ],
    ),
    gauge('meanAssignmentEntropy', 'Hm / ln K', meanEntropy, healthy.meanTeacherEntropy, [
      { at: oneHot.meanTeacherEntropy, beyond: 'below', means: 'one-hot collapse' },
    ]),
    gauge('kl', 'KL', kl, healthy.kl, [{ at: uniform.kl, beyond: 'below', means: 'uniform collapse' }]),
    gauge('featureSpread', 's = std × √d', spread, healthy.featureSpread, [
      { at: uniform.featureSpread, beyond: 'below', means: 'uniform collapse' },
    ]),
  ]);
  const shares = `H = ${entropy.toFixed(2)} ln K, Hm = ${meanEntropy.toFixed(2)} ln K`;

  const broken = brokenLoss(reports);
  if (broken !== null) return say('diverged', 'Diverged', broken, againstDivergence(recipe));

  const earliest = Math.max(EARLIEST, warmupSteps + WINDOW);
  if (step < earliest || reports.length < WINDOW) {
    return say(
      'too early',
      'Too early to tell',
      `An even guess costs ln ${recipe.nmb_prototypes} = ${lnK.toFixed(3)}. From step ${earliest} on the numbers mean something.`,
    );
  }
  const evenAssignments =
    entropy > uniform.teacherEntropy && meanEntropy > uniform.meanTeacherEntropy && kl < uniform.kl;
  if (evenAssignments && (spread === null || spread <= uniform.featureSpreadUnderEvenOutputs)) {
    return say(
      'uniform',
      'Uniform collapse',
      `The loss sits at ${loss.toFixed(3)}, and ln ${recipe.nmb_prototypes} = ${lnK.toFixed(3)} is what an even guess costs: every view is assigned to all prototypes alike (${shares}).`,
      againstUniformAssignments(recipe),
    );
  }
  if (entropy < oneHot.teacherEntropy && meanEntropy < oneHot.meanTeacherEntropy) {
    return say(
      'one-hot',
      'One-hot collapse',
      `Every view is assigned to the same prototype (${shares}), so there is nothing to tell apart.`,
      againstOneHotAssignments(recipe),
    );
  }
  return say(
    'healthy',
    'Learning',
    `Views are assigned to different prototypes (${shares}), and the predictions are ${kl.toFixed(2)} nats away from that.`,
  );
}

function againstUniformAssignments(recipe: AdvisedSwavRecipe): Advice[] {
  return pick([
    recipe.epsilon > 0.03 &&
      set(
        'epsilon',
        0.03,
        'Lower epsilon to 0.03: sharper assignments give the network something to follow.',
      ),
    recipe.jitter_prob > 0 &&
      recipe.hue > 0.1 &&
      set(
        'hue',
        0.1,
        'Lower hue to 0.1: stronger jitter takes away the colour that two views have in common.',
      ),
    recipe.global_crops_scale_min < 0.5 &&
      set('global_crops_scale_min', 0.5, 'Raise global_crops_scale_min to 0.5: larger crops share more.'),
    recipe.nmb_prototypes > 1024 &&
      set('nmb_prototypes', 64, 'Lower nmb_prototypes to 64: few images need few prototypes.'),
    set(
      'lr',
      recipe.lr / 2,
      `Lower lr to ${short(recipe.lr / 2)}: a large rate can flatten the features early.`,
    ),
  ]);
}

function againstOneHotAssignments(recipe: AdvisedSwavRecipe): Advice[] {
  return pick([
    recipe.sinkhorn_iterations < 3 &&
      set('sinkhorn_iterations', 3, 'Raise sinkhorn_iterations to 3: each round evens out the prototypes.'),
    recipe.epsilon < 0.05 && set('epsilon', 0.05, 'Raise epsilon to 0.05, the value of the paper.'),
    set('lr', recipe.lr / 2, `Lower lr to ${short(recipe.lr / 2)}.`),
  ]);
}
