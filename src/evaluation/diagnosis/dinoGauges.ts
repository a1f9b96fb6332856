/**
 * The four gauges of DINO's health and their limits, measured on small runs of the official maths (docs/recipes.md):
 * teacher entropy H and entropy of the mean teacher output Hm as shares of ln K, the KL divergence in nats, and the
 * feature spread s = standard deviation × √d.
 */

import { type Gauge, gauge } from './report';

/** Means over the last steps that a diagnosis is made from. */
export interface Readings {
  loss: number;
  /** H / ln K */
  teacherEntropy: number;
  /** Hm / ln K */
  meanTeacherEntropy: number;
  kl: number;
  /** s, null while no evaluation has been made. */
  featureSpread: number | null;
}

/** The measured limits; `diagnosis.ts` decides by the same numbers. */
export const LIMITS = {
  uniform: {
    teacherEntropy: 0.96,
    meanTeacherEntropy: 0.99,
    kl: 0.15,
    featureSpread: 0.1,
    // Hue 0.5 on confetti stands at .106 at step 125, when its loss has been at ln K for 70 steps.
    featureSpreadUnderEvenOutputs: 0.15,
    lossBelowLnK: 0.05,
  },
  oneHot: { teacherEntropy: 0.1, meanTeacherEntropy: 0.1, kl: 0.05, featureSpread: 0.07 },
  healthy: {
    // Small CNNs on photos are well at .23, Vision Transformers at .5 to .75.
    teacherEntropy: [0.23, 0.75],
    // Sinkhorn-Knopp gives above .97 on built-in sets, .94 on photos.
    meanTeacherEntropy: [0.94, 1],
    kl: [0.7, 1.5],
    featureSpread: [0.25, 1],
  },
} as const;

/** The gauges of these readings, each with its limits drawn in. */
export function gaugesOf(readings: Readings): Gauge[] {
  const { uniform, oneHot } = LIMITS;
  const above = (at: number) => ({ at, beyond: 'above', means: 'uniform collapse' }) as const;
  const below = (at: number) => ({ at, beyond: 'below', means: 'one-hot collapse' }) as const;
  const flat = (at: number) => ({ at, beyond: 'below', means: 'uniform collapse' }) as const;
  const { healthy } = LIMITS;
  const { teacherEntropy, meanTeacherEntropy, kl, featureSpread } = readings;
  return [
    gauge('teacherEntropy', 'H / ln K', teacherEntropy, healthy.teacherEntropy, [
      above(uniform.teacherEntropy),
      below(oneHot.teacherEntropy),
    ]),
    gauge('meanTeacherEntropy', 'Hm / ln K', meanTeacherEntropy, healthy.meanTeacherEntropy, [
      below(oneHot.meanTeacherEntropy),
    ]),
    gauge('kl', 'KL', kl, healthy.kl, [flat(uniform.kl), below(oneHot.kl)]),
    gauge('featureSpread', 's = std × √d', featureSpread, healthy.featureSpread, [
      flat(uniform.featureSpread),
      below(oneHot.featureSpread),
    ]),
  ];
}
