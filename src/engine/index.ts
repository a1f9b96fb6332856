/**
 * The ground floor: device, tfjs backend, kernel builder and general kernels. Knows nothing of DINO.
 */
export { compute, computeOne, type PawsaurBackend, type UniformValues, webgpu } from './backend';
export { defineKernel, type Kernel } from './kernel';
export { readBack } from './readback';
export { type EngineInfo, engineMemory, onEngineFailure, startEngine } from './start';
