/**
 * The scalars of a DINO step as one vector: all that changes from step to step comes in through it, so that a
 * step recorded once follows every live setting.
 */
import { control, OPTIMIZER_CONTROLS } from '../../optimizers/optimizer';

/** How the teacher is kept from answering always the same: the moving centre, Sinkhorn-Knopp, or nothing. */
export type Centering = 'none' | 'ema' | 'sinkhorn';

/** DINO's own places in the control vector. */
export const dinoControl = {
  teacherTemp: OPTIMIZER_CONTROLS,
  studentTemp: OPTIMIZER_CONTROLS + 1,
  centerMomentum: OPTIMIZER_CONTROLS + 2,
  /** One of `centeringCode`. */
  centering: OPTIMIZER_CONTROLS + 3,
} as const;

/** Length of the control vector. */
export const CONTROLS = OPTIMIZER_CONTROLS + 4;

export const centeringCode: Record<Centering, number> = { none: 0, ema: 1, sinkhorn: 2 };

/** One step's scalars. */
export interface DinoControls {
  lr: number;
  weightDecay: number;
  momentum: number;
  clip: number;
  trainLastLayer: boolean;
  teacherTemp: number;
  studentTemp: number;
  centerMomentum: number;
  centering: Centering;
}

/** The control vector of a step. */
export function controlVector(controls: DinoControls): Float32Array {
  const values = new Float32Array(CONTROLS);
  values[control.lr] = controls.lr;
  values[control.weightDecay] = controls.weightDecay;
  values[control.momentum] = controls.momentum;
  values[control.clip] = controls.clip;
  values[control.lastLayer] = controls.trainLastLayer ? 1 : 0;
  values[control.always] = 1;
  values[dinoControl.teacherTemp] = controls.teacherTemp;
  values[dinoControl.studentTemp] = controls.studentTemp;
  values[dinoControl.centerMomentum] = controls.centerMomentum;
  values[dinoControl.centering] = centeringCode[controls.centering];
  return values;
}
