/** What the benchmark must show: ratios of medians within one run, and counts. */
import type { ContenderName } from './contender';
import type { Timing } from './measure';

export interface Bar {
  workload: string;
  metric: keyof Timing;
  /** Ours divided by that peer's, or ours alone. */
  against: ContenderName | null;
  /** At most this on software adapters, and on a real GPU; null where it is only recorded. */
  software: number | null;
  gpu: number | null;
}

export const bars: readonly Bar[] = [
  { workload: 'W1', metric: 'stepMs', against: 'tfjs', software: 0.33, gpu: 0.1 },
  { workload: 'W1', metric: 'stepMs', against: 'jaxjs', software: 0.8, gpu: 0.8 },
  { workload: 'W2', metric: 'stepMs', against: 'tfjs', software: 0.4, gpu: 0.15 },
  { workload: 'W2c', metric: 'stepMs', against: 'tfjs', software: 0.6, gpu: 0.25 },
  { workload: 'W5', metric: 'stepMs', against: 'tfjs', software: 0.5, gpu: 0.5 },
  { workload: 'W2', metric: 'dispatches', against: null, software: 400, gpu: 400 },
  { workload: 'W2', metric: 'hostMs', against: 'tfjs', software: 1 / 20, gpu: null },
  { workload: 'W1', metric: 'firstStepMs', against: 'jaxjs', software: 1 / 4, gpu: null },
  { workload: 'W1', metric: 'firstStepMs', against: 'tfjs', software: 1 / 2, gpu: null },
  { workload: 'W1', metric: 'firstStepMs', against: null, software: null, gpu: 2000 },
  { workload: 'W2', metric: 'gpuBytes', against: 'tfjs', software: 0.7, gpu: 0.7 },
  { workload: 'matmul', metric: 'gpuMs', against: 'tfjs', software: 1, gpu: 1 },
  { workload: 'matmul', metric: 'gpuMs', against: 'jaxjs', software: 1, gpu: 1 },
];
