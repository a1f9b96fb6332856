import { expect, it } from 'vitest';
import { memoryStore } from '../platform/keyValueStore';
import { nodeImageDecoder } from '../platform/node/imageDecoder';
import { startDependencies } from './engineDependencies';
import type { Activity } from './protocol';

it('measures kernels on a first visit, says so, and knows them on the next', async () => {
  const store = memoryStore();
  const told: (Activity | null)[] = [];
  const busy = (activity: Activity | null) => told.push(activity);
  const first = await startDependencies(nodeImageDecoder, { store, busy });
  expect(told).toEqual(['measuring', null]);
  expect(first.engine.kernelPlan?.origin).toBe('measured');
  const second = await startDependencies(nodeImageDecoder, { store });
  expect(second.engine.kernelPlan).toEqual({ ...first.engine.kernelPlan, origin: 'stored' });
  expect(Object.keys(second.engine.kernelPlan!.gemm).length).toBeGreaterThan(1);
});

it('measures nothing where nothing is kept', async () => {
  const { engine } = await startDependencies(nodeImageDecoder);
  expect(engine).not.toHaveProperty('kernelPlan');
});
