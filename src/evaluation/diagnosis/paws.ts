/**
 * What the numbers of a PAWS run say, in words. Limits from small runs of the official maths (docs/recipes.md).
 * The base of every verdict: a network that tells nothing apart costs ln C, C being the classes that vote.
 */
import {
  type AdvisedPawsRecipe,
  againstUniformStart,
  againstVanishingClasses,
  againstWrongPseudoLabels,
} from './pawsAdvice';
import {
  againstDivergence,
  brokenLoss,
  DIAGNOSED_STEPS,
  type Diagnosis,
  EARLIEST,
  featureSpread,
  type Gauge,
  gauge,
  heldOut,
  meanOf,
  meanOfKnown,
  type RunNumbers,
  staysAt,
  verdictWith,
  WINDOW,
} from './report';

export interface PawsInput extends RunNumbers {
  /** Classes of the data set that have labels. */
  classes: number;
  /** Held-out accuracy that the same labels give without PAWS, percent: the best read-out of a supervised run. */
  supervised: number | null;
  recipe: AdvisedPawsRecipe;
}

/** Means over the last steps, entropies and loss as shares of ln C. */
interface Readings {
  loss: number;
  meanEntropy: number;
  targetEntropy: number;
  /** Percent; NaN while no hidden label is known. */
  pseudoCorrect: number;
  featureSpread: number | null;
}

const LIMITS = {
  /** The PAWS loss this close to ln C, in nats, for this many steps. */
  uniform: { width: 0.02, steps: 50 },
  /** Where no warm-up excuses an even guess any more: LARS stood there for good by step 100. */
  latestUniform: 100,
  /** Even pseudo-labels, as a share of ln C; sharpened, they are so only where the votes are as well. */
  evenTargets: 0.96,
  /** Without me-max the entropy of the mean answer fell to .66 ln C; with it, .97. */
  vanishing: 0.8,
  /** PAWS took off where pseudo-labels were 55 to 60 % right just after the ramp; on waste photos 42 to 56 % were. */
  pseudoCorrect: 55,
  /** Share of the run that votes without a ramp get before they are judged: where the ramps of the trials ended. */
  judgedWithoutRamp: 0.45,
  /** Points from one half of the last steps to the other that count as still climbing; both halves differ by 1.5. */
  climbing: 3,
  /** Share of the run after which it is held against the labels alone: at 43 % it was below, at 57 % above. */
  comparable: 0.7,
  /** A pure run that left the even guess was at .87 ln C. */
  slowLoss: 0.9,
} as const;

/** Judges a run of PAWS by its latest numbers. */
export function diagnosePaws(input: PawsInput): Diagnosis {
  const { step, recipe, reports, classes } = input;
  const voting = recipe.classes_per_batch > 0 ? Math.min(recipe.classes_per_batch, classes) : classes;
  const lnC = Math.log(voting);
  const { rampStart, rampOver, judged, earliest } = milestones(input);
  const readings = readingsOf(input, lnC);
  const needed = pseudoLabelsNeeded(classes);
  const say = verdictWith(gaugesOf(readings, needed, lnC));
  const pseudo = readings.pseudoCorrect.toFixed(0);
  const pseudoKnown = Number.isFinite(readings.pseudoCorrect);
  const loss = readings.loss * lnC;

  const broken = brokenLoss(reports);
  if (broken !== null) return say('diverged', 'Diverged', broken, againstDivergence(recipe));

  if (isUniform(input, readings, lnC)) {
    return say(
      'uniform',
      'Stuck at ln C',
      `The PAWS loss has stood at ${loss.toFixed(3)} for ${LIMITS.uniform.steps} steps, and ln ${voting} = ${lnC.toFixed(3)} is what an even guess costs: ` +
        'every picture gets the same vote for every class. Sharpening keeps PAWS from falling into this point, but does not lead out of it.',
      againstUniformStart(recipe),
    );
  }

  const weight = meanOf(reports, 'pawsWeight');
  if (step < rampStart) {
    return say(
      'too early',
      'Labels first',
      `Until step ${rampStart} the labelled pictures alone teach; then their votes begin to count.`,
    );
  }
  if (step < earliest || reports.length < WINDOW) {
    return say(
      'too early',
      'Too early to tell',
      `The first losses tell how the network was set up, not what it learns (an even guess costs ln ${voting} = ${lnC.toFixed(3)}). From step ${earliest} on the numbers mean something.`,
    );
  }
  if (step < rampOver) {
    const right = pseudoKnown ? `; ${pseudo} % of the pseudo-labels are right so far` : '';
    return say(
      'too early',
      'The votes come in',
      `The PAWS loss counts ${(100 * weight).toFixed(0)} %${right}. From step ${rampOver} on it can be judged.`,
    );
  }

  if (readings.meanEntropy < LIMITS.vanishing) {
    return say(
      'vanishing classes',
      'Classes vanish',
      `The mean answer has an entropy of ${(readings.meanEntropy * lnC).toFixed(2)}, and ln ${voting} = ${lnC.toFixed(2)} would use every class alike: ` +
        'some classes are hardly ever said any more (unless your pictures really are that uneven).',
      againstVanishingClasses(recipe, step < recipe.me_max_ramp_end * input.totalSteps),
    );
  }

  const trouble = step < judged ? null : noHelp(input, readings.pseudoCorrect, needed);
  if (trouble === 'climbing') {
    return say(
      'slow',
      'Pseudo-labels still mostly wrong, but climbing',
      `${pseudo} % of the pseudo-labels are right; PAWS took off in runs that had ${LIMITS.pseudoCorrect} to 60 %. Give it more steps.`,
    );
  }
  if (trouble !== null) {
    return say('not helping', 'PAWS does not help here', trouble, againstWrongPseudoLabels(recipe));
  }

  if (readings.loss > LIMITS.slowLoss) {
    return say(
      'slow',
      'Learning slowly',
      `The PAWS loss is ${loss.toFixed(2)}, close to the ${lnC.toFixed(2)} of an even guess: the two views of a picture hardly agree on a class yet.`,
      againstUniformStart(recipe),
    );
  }

  const right = pseudoKnown ? `, ${pseudo} % of the pseudo-labels are right` : '';
  return say(
    'healthy',
    'Learning',
    `The views agree (PAWS loss ${loss.toFixed(2)}, an even guess costs ${lnC.toFixed(2)}) and use all classes (mean entropy ${readings.meanEntropy.toFixed(2)} ln C)${right}.`,
  );
}

/** Steps at which something can be said. */
function milestones({ recipe, totalSteps, warmupSteps }: PawsInput) {
  const steps = (share: number) => Math.round(share * totalSteps);
  const earliest = Math.max(EARLIEST, warmupSteps + WINDOW);
  const rampEnd = steps(Math.max(recipe.paws_ramp_start, recipe.paws_ramp_end));
  const rampOver = rampEnd === 0 ? earliest : Math.max(earliest, rampEnd + WINDOW);
  const judged = rampEnd === 0 ? Math.max(earliest, steps(LIMITS.judgedWithoutRamp)) : rampOver;
  return { rampStart: steps(recipe.paws_ramp_start), earliest, rampOver, judged };
}

/**
 * How many pseudo-labels must be right, percent: measured with ten classes; with fewer, half-way from chance to all,
 * which is the same there.
 */
function pseudoLabelsNeeded(classes: number): number {
  return Math.max(LIMITS.pseudoCorrect, (100 + 100 / classes) / 2);
}

function isUniform({ reports, step, warmupSteps }: PawsInput, readings: Readings, lnC: number): boolean {
  const { width, steps } = LIMITS.uniform;
  if (!staysAt(reports, 'pawsLoss', lnC, width, steps)) return false;
  // Before the votes count, nothing makes their loss fall.
  if (reports.slice(-steps).some((report) => report.pawsWeight === 0)) return false;
  const warm = step >= Math.min(warmupSteps + steps, LIMITS.latestUniform);
  return warm || readings.targetEntropy > LIMITS.evenTargets;
}

/** Why PAWS does not help, 'climbing' while it may yet, null where it helps or nothing is known. */
function noHelp(input: PawsInput, pseudoCorrect: number, needed: number): string | null {
  const { evaluations, totalSteps, reports, supervised } = input;
  const last = evaluations.at(-1);
  const own = last ? heldOut(last) : null;
  const comparable = own !== null && (last?.step ?? 0) >= LIMITS.comparable * totalSteps;
  if (supervised !== null && own !== null) {
    // More than the labels alone give is help, whatever the pseudo-labels.
    if (own > supervised) return null;
    if (comparable) {
      return `Held-out accuracy is ${own.toFixed(1)} %, and the same labels without PAWS gave ${supervised.toFixed(1)} % at best.`;
    }
  }
  if (pseudoCorrect < needed) {
    const half = Math.floor(Math.min(reports.length, DIAGNOSED_STEPS) / 2);
    const now = meanOfKnown(reports.slice(-half), 'pseudoCorrect');
    const before = meanOfKnown(reports.slice(-2 * half, -half), 'pseudoCorrect');
    if (half >= WINDOW && now >= before + LIMITS.climbing) return 'climbing';
    return (
      `Only ${pseudoCorrect.toFixed(0)} % of the pseudo-labels are right (PAWS helped where at least ${needed.toFixed(0)} % were): ` +
      'too many pictures are taught a wrong answer.'
    );
  }
  if (supervised !== null || !comparable || Number.isFinite(pseudoCorrect) || last === undefined) return null;
  const labelsAlone = heldOut(last, 'classifier');
  if (labelsAlone === null || own > labelsAlone) return null;
  return `The votes tell ${own.toFixed(1)} % of the held-out pictures right, and the classifier taught by the labels alone ${labelsAlone.toFixed(1)} %.`;
}

function readingsOf({ reports, evaluations }: PawsInput, lnC: number): Readings {
  return {
    loss: meanOf(reports, 'pawsLoss') / lnC,
    meanEntropy: meanOf(reports, 'meanEntropy') / lnC,
    targetEntropy: meanOf(reports, 'targetEntropy') / lnC,
    pseudoCorrect: meanOfKnown(reports.slice(-WINDOW), 'pseudoCorrect'),
    featureSpread: featureSpread(evaluations),
  };
}

function gaugesOf(readings: Readings, needed: number, lnC: number): Gauge[] {
  const above = (at: number) => ({ at, beyond: 'above', means: 'uniform collapse' }) as const;
  const below = (at: number, means: string) => ({ at, beyond: 'below', means }) as const;
  return [
    gauge('pawsLoss', 'PAWS loss / ln C', readings.loss, [0, 0.87], [above(1 - LIMITS.uniform.width / lnC)]),
    gauge(
      'meanEntropy',
      'H(mean p) / ln C',
      readings.meanEntropy,
      [0.9, 1],
      [below(LIMITS.vanishing, 'vanishing classes')],
    ),
    gauge(
      'targetEntropy',
      'H(target) / ln C',
      readings.targetEntropy,
      [0, 0.75],
      [above(LIMITS.evenTargets)],
    ),
    gauge(
      'pseudoCorrect',
      'pseudo-labels right, %',
      readings.pseudoCorrect,
      [needed, 100],
      [below(needed, 'not helping')],
    ),
    gauge(
      'featureSpread',
      's = std × √d',
      readings.featureSpread,
      [0.25, 1],
      [below(0.1, 'uniform collapse')],
    ),
  ];
}
