import { defineConfig } from 'vitest/config';
import { ensureVulkan, gpuEnvironment } from './scripts/vulkan.mjs';

// The tests run in forked processes, which inherit the driver's environment from here: `npx vitest run FILE` needs
// no wrapper.
Object.assign(process.env, gpuEnvironment(ensureVulkan((line: string) => console.error(line))));

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // llvmpipe compiles and computes on the CPU.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    teardownTimeout: 20_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'node',
          environment: 'node',
          include: ['src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: ['src/app/**', 'node_modules/**'],
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
