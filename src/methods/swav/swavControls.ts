/**
 * The scalars of a SwAV step as one vector: all that changes from step to step comes in through it, so that a
 * step recorded once follows every live setting.
 */
import { OPTIMIZER_CONTROLS } from '../../optimizers/optimizer';
import { dinoControl } from '../dino/dinoControls';
import { type Rates, writeRates } from '../singleNetwork';

/** SwAV's own places in the control vector. */
export const swavControl = {
  /** ε of Sinkhorn-Knopp. */
  epsilon: OPTIMIZER_CONTROLS,
  /** T of the predictions: where DINO's loss, which is the same, looks for the student's temperature. */
  temperature: dinoControl.studentTemp,
  /** 1 where the queue takes part in the assignments. */
  queue: OPTIMIZER_CONTROLS + 2,
} as const;

/** Length of the control vector. */
export const CONTROLS = OPTIMIZER_CONTROLS + 3;

/** One step's scalars. */
export interface SwavControls extends Rates {
  epsilon: number;
  temperature: number;
  useQueue: boolean;
}

/** The control vector of a step. */
export function controlVector(controls: SwavControls): Float32Array {
  const values = new Float32Array(CONTROLS);
  writeRates(values, controls);
  values[swavControl.epsilon] = controls.epsilon;
  values[swavControl.temperature] = controls.temperature;
  values[swavControl.queue] = controls.useQueue ? 1 : 0;
  return values;
}
