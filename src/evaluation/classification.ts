/**
 * How good a classifier's answers are: accuracy, whole and class by class, what is taken for what, and whether
 * its confidence can be believed (expected calibration error over 15 equal bins: Guo et al. 2017, "On Calibration
 * of Modern Neural Networks", eq. 3). Rates are percentages; null where there is nothing to score.
 */

/** Bins of confidence, as in the paper. */
export const CALIBRATION_BINS = 15;

export interface ClassScore {
  /** Images of this class that were scored. */
  count: number;
  /** Of these, how many were recognised. */
  right: number;
  /** Recall in percent. */
  accuracy: number | null;
}

/** Answers with a confidence in (from, to]. */
export interface CalibrationBin {
  /** Limits in percent. */
  from: number;
  to: number;
  count: number;
  /** Mean confidence of these answers, and how many of them are right, in percent. */
  confidence: number | null;
  accuracy: number | null;
}

export interface ClassificationScore {
  /** Images whose class is known; all rates are over these. */
  count: number;
  /** Of these, images without an answer (no votes, or no number): wrong, and in no column of `confusion`. */
  unanswered: number;
  right: number;
  accuracy: number | null;
  /** [classes] */
  perClass: ClassScore[];
  /** Mean of the per-class accuracies over classes that occur. */
  balancedAccuracy: number | null;
  /** [classes, classes] counts: rows are the truth, columns what was said. */
  confusion: Int32Array<ArrayBuffer>;
  /** Mean probability of the class said, over answers. */
  meanConfidence: number | null;
  /** Expected calibration error: mean gap of confidence and accuracy over the bins, weighted by their answers. */
  calibrationError: number | null;
  bins: CalibrationBin[];
}

/**
 * The most probable class of each row of `probabilities` [n, classes]; of equal ones the lower wins, -1 where no
 * probability is above zero.
 */
export function predictedClasses(probabilities: ArrayLike<number>, classes: number): Int32Array {
  const n = classes === 0 ? 0 : probabilities.length / classes;
  const said = new Int32Array(n).fill(-1);
  for (let i = 0; i < n; i++) {
    let most = 0;
    for (let c = 0; c < classes; c++) {
      const probability = probabilities[i * classes + c]!;
      if (probability > most) {
        most = probability;
        said[i] = c;
      }
    }
  }
  return said;
}

/**
 * Scores `probabilities` [n, classes] (any positive votes: rows are divided by their sums) against `truth` [n],
 * -1 where the class is unknown (as is any number beyond the classes): those images are left out.
 */
export function scoreClassification(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
): ClassificationScore {
  const said = predictedClasses(probabilities, classes);
  const confusion = new Int32Array(classes * classes);
  const counts = new Int32Array(classes);
  const bins = Array.from({ length: CALIBRATION_BINS }, () => ({ count: 0, confidence: 0, right: 0 }));
  let count = 0;
  let unanswered = 0;
  for (let i = 0; i < said.length; i++) {
    const known = truth[i]!;
    if (known < 0 || known >= classes) continue;
    count++;
    counts[known]!++;
    const answer = said[i]!;
    if (answer < 0) {
      unanswered++;
      continue;
    }
    confusion[known * classes + answer]!++;
    const confidence = confidenceOf(probabilities, i * classes, classes, answer);
    const bin =
      bins[Math.min(Math.max(Math.ceil(confidence * CALIBRATION_BINS) - 1, 0), CALIBRATION_BINS - 1)]!;
    bin.count++;
    bin.confidence += confidence;
    if (answer === known) bin.right++;
  }

  const perClass = Array.from(counts, (of, c) => {
    const right = confusion[c * classes + c]!;
    return { count: of, right, accuracy: percent(right, of) };
  });
  const right = perClass.reduce((sum, of) => sum + of.right, 0);
  const occurring = perClass.flatMap(({ accuracy }) => accuracy ?? []);
  const answers = count - unanswered;
  const confidence = bins.reduce((sum, bin) => sum + bin.confidence, 0);
  const gap = bins.reduce((sum, bin) => sum + Math.abs(bin.confidence - bin.right), 0);
  return {
    count,
    unanswered,
    right,
    accuracy: percent(right, count),
    perClass,
    balancedAccuracy:
      occurring.length === 0 ? null : occurring.reduce((sum, rate) => sum + rate, 0) / occurring.length,
    confusion,
    meanConfidence: percent(confidence, answers),
    calibrationError: percent(gap, answers),
    bins: bins.map((bin, b) => ({
      from: (100 * b) / CALIBRATION_BINS,
      to: (100 * (b + 1)) / CALIBRATION_BINS,
      count: bin.count,
      confidence: percent(bin.confidence, bin.count),
      accuracy: percent(bin.right, bin.count),
    })),
  };
}

function confidenceOf(
  probabilities: ArrayLike<number>,
  start: number,
  classes: number,
  said: number,
): number {
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += probabilities[start + c]!;
  return probabilities[start + said]! / sum;
}

function percent(part: number, whole: number): number | null {
  return whole === 0 ? null : (100 * part) / whole;
}
