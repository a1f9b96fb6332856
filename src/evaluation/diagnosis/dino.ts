/**
 * What the numbers of a DINO run say, in words. The limits were measured on small runs of the official maths
 * (docs/recipes.md, and `dinoGauges.ts`); means over 20 steps are judged, so that one step cannot raise a banner.
 */
import {
  type AdvisedRecipe,
  againstOneHotCollapse,
  againstShortcut,
  againstSlowness,
  againstUniformCollapse,
} from './dinoAdvice';
import { gaugesOf, LIMITS, type Readings } from './dinoGauges';
import {
  againstDivergence,
  brokenLoss,
  type Diagnosis,
  EARLIEST,
  featureSpread,
  meanOf,
  type RunNumbers,
  verdictWith,
  WINDOW,
} from './report';

export interface DinoInput extends RunNumbers {
  /** Jaccard of marking the whole picture, percent; null without masks. */
  wholeImage: number | null;
  recipe: AdvisedRecipe;
}

/** Steps a run is given to move its attention before a shortcut is suspected. */
const ATTENTION_STEPS = { least: 150, share: 0.4, most: 400 };
/** Points of Jaccard that count as moving towards the object; seeds differ by one. */
const ATTENTION_GAIN = 3;
/** Between healthy (KL from .7, H/ln K to .75) and slow (KL to .3, H/ln K about .9) runs. */
const SLOW = { kl: 0.45, teacherEntropy: 0.83 };
/** Teacher entropy below the healthy band is no fault while the mean output stays this even. */
const UNEVEN = 0.9;

/** Judges a run of DINO by its latest numbers. */
export function diagnoseDino(input: DinoInput): Diagnosis {
  const { recipe } = input;
  const lnK = Math.log(recipe.out_dim);
  const readings = readingsOf(input, lnK);
  const say = verdictWith(gaugesOf(readings));
  const kl = readings.kl.toFixed(2);
  const loss = readings.loss.toFixed(2);
  const share = readings.teacherEntropy.toFixed(2);
  const spread = readings.featureSpread?.toFixed(2);
  const spreadWords = spread === undefined ? '' : `, and the features spread only ${spread} (0 = all alike)`;

  const broken = brokenLoss(input.reports);
  if (broken !== null) return say('diverged', 'Diverged', broken, againstDivergence(recipe));

  const earliest = Math.max(EARLIEST, input.warmupSteps + WINDOW);
  if (input.step < earliest || input.reports.length < WINDOW) {
    return say(
      'too early',
      'Too early to tell',
      `The first losses tell how the network was set up, not what it learns (an even guess costs ln ${recipe.out_dim} = ${lnK.toFixed(3)}). From step ${earliest} on the numbers mean something.`,
    );
  }

  if (isUniform(readings, lnK)) {
    return say(
      'uniform',
      'Uniform collapse',
      `The loss sits at ${readings.loss.toFixed(3)}, and ln ${recipe.out_dim} = ${lnK.toFixed(3)} is what an even guess costs: ` +
        `the teacher gives every output the same share (H = ${share} ln K). ` +
        `Student and teacher agree (KL ${kl}) because neither says anything${spreadWords}.`,
      againstUniformCollapse(recipe),
    );
  }

  const oneHot = LIMITS.oneHot;
  if (
    readings.teacherEntropy < oneHot.teacherEntropy &&
    readings.meanTeacherEntropy < oneHot.meanTeacherEntropy
  ) {
    return say(
      'one-hot',
      'One-hot collapse',
      `The loss fell to ${loss} because every image gets the same output: the mean teacher output has an entropy ` +
        `of ${readings.meanTeacherEntropy.toFixed(2)} ln K${spreadWords}.`,
      againstOneHotCollapse(recipe),
    );
  }
  const evenness = readings.meanTeacherEntropy / reachableEvenness(readings, recipe, lnK);
  if (readings.teacherEntropy < LIMITS.healthy.teacherEntropy[0] && evenness < UNEVEN) {
    return say(
      'one-hot',
      'Sliding towards one-hot collapse',
      `The teacher is sharp (H = ${share} ln K) and uses fewer and fewer outputs: the entropy of its mean output ` +
        `is down to ${readings.meanTeacherEntropy.toFixed(2)} ln K.`,
      againstOneHotCollapse(recipe),
    );
  }

  if (readings.kl < SLOW.kl || readings.teacherEntropy > SLOW.teacherEntropy) {
    return say(
      'slow',
      'Learning slowly',
      `The teacher is soft (H = ${share} ln K) and the student hardly lags behind it (KL ${kl}; runs that learnt had ` +
        `0.7 to 1.5), so each step teaches little.`,
      againstSlowness(recipe),
    );
  }

  const attention = attentionTrouble(input);
  if (attention !== null) {
    return say('shortcut', 'Background shortcut', attention, againstShortcut(recipe));
  }

  const features = spread === undefined ? '' : ` Features spread ${spread} (above 0.25 is good).`;
  return say(
    'healthy',
    'Learning',
    `The student chases a teacher that stays ahead (KL ${kl}), sharp (H = ${share} ln K) but using all its outputs ` +
      `(Hm = ${readings.meanTeacherEntropy.toFixed(2)} ln K).${features}`,
  );
}

function readingsOf({ reports, evaluations }: DinoInput, lnK: number): Readings {
  return {
    loss: meanOf(reports, 'loss'),
    teacherEntropy: meanOf(reports, 'teacherEntropy') / lnK,
    meanTeacherEntropy: meanOf(reports, 'meanTeacherEntropy') / lnK,
    kl: meanOf(reports, 'kl'),
    featureSpread: featureSpread(evaluations),
  };
}

/**
 * The outputs are even and so are the features. While no features have been looked at, the outputs alone must
 * be even beyond doubt.
 */
function isUniform(readings: Readings, lnK: number): boolean {
  const limit = LIMITS.uniform;
  const { featureSpread: spread, teacherEntropy, meanTeacherEntropy, kl, loss } = readings;
  const evenOutputs =
    teacherEntropy > limit.teacherEntropy && meanTeacherEntropy > limit.meanTeacherEntropy && kl < limit.kl;
  if (spread === null) return evenOutputs;
  const atLnK = Math.abs(loss - lnK) <= limit.lossBelowLnK;
  const softAndAgreed = kl <= limit.kl && teacherEntropy > SLOW.teacherEntropy;
  if (spread <= limit.featureSpread) return evenOutputs || atLnK || softAndAgreed;
  // Outputs go flat first, features follow.
  return spread <= limit.featureSpreadUnderEvenOutputs && evenOutputs && atLnK;
}

/**
 * The largest Hm / ln K a batch can show: n sharp distributions cannot fill more than n outputs, so with many
 * outputs and few images the mean is uneven without any fault.
 */
function reachableEvenness(readings: Readings, recipe: AdvisedRecipe, lnK: number): number {
  const teacherRows = 2 * recipe.batch_size;
  return Math.min(1, readings.teacherEntropy + Math.log(teacherRows) / lnK);
}

function attentionTrouble({ step, totalSteps, evaluations, wholeImage }: DinoInput): string | null {
  const { least, share, most } = ATTENTION_STEPS;
  if (step < Math.max(least, Math.min(share * totalSteps, most))) return null;
  const scored = evaluations.filter(({ jaccardHeadMean }) => jaccardHeadMean !== null);
  const first = scored[0]?.jaccardHeadMean ?? null;
  const last = scored.length > 1 ? (scored.at(-1)?.jaccardHeadMean ?? null) : null;
  if (first === null || last === null) return null;
  const numbers = `Jaccard ${last.toFixed(1)} now, ${first.toFixed(1)} before training`;
  if (wholeImage !== null && last < wholeImage) {
    return `The gauges are healthy, but the attention covers the object worse than marking the whole picture would (${numbers}, ${wholeImage.toFixed(1)} for the whole picture): it looks at whatever else tells the images apart.`;
  }
  if (last >= first + ATTENTION_GAIN) return null;
  return `The gauges are healthy, but the attention has not moved towards the object (${numbers}): something else, perhaps the background, tells the images apart more easily.`;
}
