/**
 * The scalars of a PAWS step as one vector: all that changes from step to step comes in through it, so that a
 * step recorded once follows every ramp and every live setting.
 */
import { OPTIMIZER_CONTROLS } from '../../optimizers/optimizer';
import { type Rates, writeRates } from '../singleNetwork';

/** PAWS's own places in the control vector. */
export const pawsControl = {
  /** τ of the votes. */
  temperature: OPTIMIZER_CONTROLS,
  /** T of the sharpening. */
  sharpen: OPTIMIZER_CONTROLS + 1,
  /** Weight of cross-entropy and me-max together: the ramp of PAWS. */
  pawsWeight: OPTIMIZER_CONTROLS + 2,
  /** Weight of me-max within it; 0 switches it off. */
  meMaxWeight: OPTIMIZER_CONTROLS + 3,
  supportCeWeight: OPTIMIZER_CONTROLS + 4,
  /** Label smoothing of the classifier's targets; that of the votes is in the labels matrix. */
  labelSmoothing: OPTIMIZER_CONTROLS + 5,
} as const;

/** Length of the control vector. */
export const CONTROLS = OPTIMIZER_CONTROLS + 6;

/** One step's scalars. */
export interface PawsControls extends Omit<Rates, 'trainLast'> {
  temperature: number;
  sharpen: number;
  pawsWeight: number;
  meMaxWeight: number;
  supportCeWeight: number;
  labelSmoothing: number;
}

/** The control vector of a step. */
export function controlVector(controls: PawsControls): Float32Array {
  const values = new Float32Array(CONTROLS);
  // Nothing is frozen at first.
  writeRates(values, { ...controls, trainLast: true });
  values[pawsControl.temperature] = controls.temperature;
  values[pawsControl.sharpen] = controls.sharpen;
  values[pawsControl.pawsWeight] = controls.pawsWeight;
  values[pawsControl.meMaxWeight] = controls.meMaxWeight;
  values[pawsControl.supportCeWeight] = controls.supportCeWeight;
  values[pawsControl.labelSmoothing] = controls.labelSmoothing;
  return values;
}
