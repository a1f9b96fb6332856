/**
 * The four gauges of DINO's health and their limits, measured on small runs of the official maths (docs/recipes.md):
 * teacher entropy H and entropy of the mean teacher output Hm as shares of ln K, the KL divergence in nats, and the
 * feature spread s = standard deviation × √d.
 */

export type GaugeName = 'teacherEntropy' | 'meanTeacherEntropy' | 'kl' | 'featureSpread';

export interface Gauge {
  name: GaugeName;
  /** As papers write it: 'H / ln K'. */
  label: string;
  /** Null while unknown. */
  value: number | null;
  /** Where runs that learnt were seen. */
  healthy: readonly [number, number];
  /** Lines to draw, with what lies beyond them. */
  limits: readonly {
    at: number;
    beyond: 'above' | 'below';
    means: 'uniform collapse' | 'one-hot collapse';
  }[];
  state: 'healthy' | 'low' | 'high' | 'unknown';
}

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
  const gauge = (name: GaugeName, label: string, limits: Gauge['limits']): Gauge => {
    const value = readings[name];
    const healthy = LIMITS.healthy[name];
    return { name, label, value, healthy, limits, state: stateOf(value, healthy) };
  };
  const above = (at: number) => ({ at, beyond: 'above', means: 'uniform collapse' }) as const;
  const below = (at: number) => ({ at, beyond: 'below', means: 'one-hot collapse' }) as const;
  const flat = (at: number) => ({ at, beyond: 'below', means: 'uniform collapse' }) as const;
  return [
    gauge('teacherEntropy', 'H / ln K', [above(uniform.teacherEntropy), below(oneHot.teacherEntropy)]),
    gauge('meanTeacherEntropy', 'Hm / ln K', [below(oneHot.meanTeacherEntropy)]),
    gauge('kl', 'KL', [flat(uniform.kl), below(oneHot.kl)]),
    gauge('featureSpread', 's = std × √d', [flat(uniform.featureSpread), below(oneHot.featureSpread)]),
  ];
}

function stateOf(value: number | null, [low, high]: readonly [number, number]): Gauge['state'] {
  if (value === null || !Number.isFinite(value)) return 'unknown';
  return value < low ? 'low' : value > high ? 'high' : 'healthy';
}
