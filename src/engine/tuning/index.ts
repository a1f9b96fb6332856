/** Which kernels this adapter runs fastest: the plan, and the tuner that makes it. */
export type { KernelPlan } from './plan';
export { tuneKernels } from './tune';
