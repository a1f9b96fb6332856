/** Vitest's set-up file of every test that runs in Node: WebGPU is there before tfjs is imported. */
import { installNodeWebGpu } from '../../platform/node/webgpu';

installNodeWebGpu();
