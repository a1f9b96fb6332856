/** Which kernels this adapter runs fastest: the plan, and the tuner that makes it. */
export { type KernelPlan, kernelPlan, setKernelPlan } from './plan';
export { type TuneOptions, tuneKernels } from './tune';
