import { expect, it } from 'vitest';
import { PLAN_VERSION } from '../engine/tuning/plan';
import { memoryStore } from '../platform/keyValueStore';
import { startDependencies } from './engineDependencies';
import type { Activity } from './protocol';

it('chooses kernels on a first visit, says so, and takes what is stored on the next', async () => {
  const told: (Activity | null)[] = [];
  const busy = (activity: Activity | null) => told.push(activity);
  const { engine } = await startDependencies({ store: memoryStore(), busy });
  expect(told).toEqual(['measuring', null]);
  // Software adapters are not measured.
  expect(['default', 'measured']).toContain(engine.kernelPlan?.origin);
  const gemm = { ...engine.kernelPlan!.gemm };
  expect(Object.keys(gemm).length).toBeGreaterThan(1);

  const adapter = (key: string) => key.slice(key.indexOf(': ') + 2);
  const store = {
    ...memoryStore(),
    get: async (key: string) => ({ version: PLAN_VERSION, adapter: adapter(key), gemm }),
  };
  const next = await startDependencies({ store });
  expect(next.engine.kernelPlan).toEqual({ origin: 'stored', gemm });
});

it('chooses nothing where nothing is kept', async () => {
  const { engine } = await startDependencies();
  expect(engine).not.toHaveProperty('kernelPlan');
});
