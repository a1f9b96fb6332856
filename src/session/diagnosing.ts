/** Puts the numbers of a run before the diagnosis, and its verdict into a message. */

import { DIAGNOSED_STEPS, diagnose } from '../evaluation';
import type { StepReport } from '../methods/method';
import { planRun, type Recipe } from '../recipe';
import type { MetricsBuffer } from './metricsBuffer';
import type { DiagnosisReport, EvaluationReport } from './protocol';

export interface RunNumbers {
  step: number;
  totalSteps: number;
  trainImages: number;
  /** As it is now, live changes included. */
  recipe: Recipe;
  metrics: MetricsBuffer;
  /** A step whose numbers were not kept. */
  broken?: StepReport;
  evaluations: readonly EvaluationReport[];
  wholeImage: number | null;
  /** Classes with labels. */
  classes: number;
  /** Held-out accuracy of a supervised run on the same labels, percent, where there was one. */
  supervised: number | null;
}

/** What the run suffers from, if anything, and what to try. */
export function diagnoseRun(numbers: RunNumbers): DiagnosisReport {
  const { trainImages, metrics, broken, ...rest } = numbers;
  const { step, recipe } = rest;
  const { warmupSteps } = planRun(recipe, trainImages);
  const reports = lastSteps(metrics);
  if (broken !== undefined) reports.push(broken);
  const diagnosis = diagnose({ ...rest, method: recipe.method, warmupSteps, reports });
  const gauges = diagnosis.gauges.map(({ value, healthy, limits, ...gauge }) => ({
    ...gauge,
    value: value !== null && Number.isFinite(value) ? value : null,
    healthy: [healthy[0], healthy[1]] as [number, number],
    limits: [...limits],
  }));
  const { state, title, sentence, tryThis } = diagnosis;
  return { step, state, title, sentence, tryThis, gauges };
}

function lastSteps(metrics: MetricsBuffer): StepReport[] {
  const columns = metrics.names.map(
    (name) => [name, metrics.column(name).subarray(-DIAGNOSED_STEPS)] as const,
  );
  const length = Math.min(DIAGNOSED_STEPS, metrics.length);
  return Array.from({ length }, (_, i) =>
    Object.fromEntries(columns.map(([name, column]) => [name, column[i]!])),
  );
}
