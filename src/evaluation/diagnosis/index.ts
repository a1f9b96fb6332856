/** What the numbers of a run say, in words, and what to try: one judge for each method. */
import type { MethodName } from '../../recipe';
import { type DinoInput, diagnoseDino } from './dino';
import { diagnosePaws, type PawsInput } from './paws';
import type { Diagnosis } from './report';
import { diagnoseSupervised, type SupervisedInput } from './supervised';
import { diagnoseSwav, type SwavInput } from './swav';

export type {
  Advice,
  Diagnosis,
  DiagnosisState,
  EvaluationNumbers,
  Gauge,
  RunNumbers,
  StepNumbers,
} from './report';
export { DIAGNOSED_STEPS } from './report';

/** All that the judges look at; each takes its part. */
export interface DiagnosisInput extends DinoInput, PawsInput, SupervisedInput, SwavInput {
  method: MethodName;
  recipe: DinoInput['recipe'] & PawsInput['recipe'] & SupervisedInput['recipe'] & SwavInput['recipe'];
}

const judges: Readonly<Record<MethodName, (input: DiagnosisInput) => Diagnosis>> = {
  dino: diagnoseDino,
  paws: diagnosePaws,
  swav: diagnoseSwav,
  supervised: diagnoseSupervised,
};

/** Judges a run by its latest numbers. */
export function diagnose(input: DiagnosisInput): Diagnosis {
  return judges[input.method](input);
}
