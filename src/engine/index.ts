/**
 * The ground floor: device, tfjs backend, kernel builder and general kernels. Knows nothing of DINO.
 */
export { compute, computeOne, type PawsaurBackend, webgpu } from './backend';
export {
  type CapturedStep,
  type CaptureOptions,
  captureStep,
  type InputSpec,
  type PlannedRun,
  planRun,
  type StepDefinition,
  type StepPlan,
} from './capture/capture';
export { HIDDEN_SUBMIT_MS, setSubmitTarget, VISIBLE_SUBMIT_MS } from './capture/pacing';
export type { OperationTime } from './capture/replay';
export { defineKernel, type Kernel } from './kernel';
export type { UniformValues } from './kernelCache';
export { readBack } from './readback';
export { type EngineInfo, engineMemory, onEngineFailure, releaseUnusedMemory, startEngine } from './start';
