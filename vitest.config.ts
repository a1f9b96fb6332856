/** Unit and engine tests: everything below the app in Node on real WebGPU, the app in a simulated page. */
import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { ensureVulkan, gpuEnvironment } from './scripts/vulkan.mjs';

// The tests run in forked processes, which inherit the driver's environment from here, so `npx vitest run FILE`
// needs no wrapper.
Object.assign(process.env, gpuEnvironment(ensureVulkan((line: string) => console.error(line))));
process.env.PARITY_FIXTURES = resolve(process.env.PARITY_FIXTURES ?? 'fixtures');

export default defineConfig({
  plugins: [react()],
  test: {
    // A process for each file, two at once: llvmpipe computes on the CPU, with threads of its own.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['src/**/*.test.ts', 'scripts/*.test.ts', 'bench/**/*.test.ts'],
          exclude: ['src/app/**'],
          setupFiles: ['src/engine/testing/setup.ts'],
        },
      },
      {
        extends: true,
        test: { name: 'app', environment: 'happy-dom', include: ['src/app/**/*.test.{ts,tsx}'] },
      },
    ],
  },
});
