/** Puts the numbers of a run before the diagnosis, and its verdict into a message. */

import { diagnose } from '../evaluation';
import { planRun, type Recipe } from '../recipe';
import type { MetricsBuffer } from './metricsBuffer';
import type { DiagnosisReport, EvaluationReport } from './protocol';

/** The diagnosis averages this many steps. */
const window = 20;

export interface RunNumbers {
  step: number;
  totalSteps: number;
  trainImages: number;
  /** As it is now, live changes included. */
  recipe: Recipe;
  metrics: MetricsBuffer;
  /** A step whose numbers were not kept. */
  broken?: StepNumbers;
  evaluations: readonly EvaluationReport[];
  wholeImage: number | null;
}

interface StepNumbers {
  loss: number;
  teacherEntropy: number;
  meanTeacherEntropy: number;
  kl: number;
}

/** What the run suffers from, if anything, and what to try. */
export function diagnoseRun(numbers: RunNumbers): DiagnosisReport {
  const { step, totalSteps, trainImages, recipe, metrics, broken, evaluations, wholeImage } = numbers;
  const { warmupSteps } = planRun(recipe, trainImages);
  const reports = lastSteps(metrics);
  if (broken !== undefined) reports.push(broken);
  const diagnosis = diagnose({ step, totalSteps, warmupSteps, reports, evaluations, wholeImage, recipe });
  const gauges = diagnosis.gauges.map(({ value, healthy, limits, ...gauge }) => ({
    ...gauge,
    value: value !== null && Number.isFinite(value) ? value : null,
    healthy: [healthy[0], healthy[1]] as [number, number],
    limits: [...limits],
  }));
  const { state, title, sentence, tryThis } = diagnosis;
  return { step, state, title, sentence, tryThis, gauges };
}

function lastSteps(metrics: MetricsBuffer): StepNumbers[] {
  const last = (name: keyof StepNumbers) => metrics.column(name).subarray(-window);
  const kl = last('kl');
  const loss = last('loss');
  const teacherEntropy = last('teacherEntropy');
  const meanTeacherEntropy = last('meanTeacherEntropy');
  return Array.from(kl, (_, i) => ({
    kl: kl[i]!,
    loss: loss[i]!,
    teacherEntropy: teacherEntropy[i]!,
    meanTeacherEntropy: meanTeacherEntropy[i]!,
  }));
}
