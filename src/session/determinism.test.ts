import { expect, it } from 'vitest';
import { builtinParams, findPreset } from '../recipe';
import { startDependencies } from './engineDependencies';
import { noLabels } from './testing/fakes';

it('gives the same losses, bit for bit, in two runs of confetti-quick over 20 steps', async () => {
  const { engine, dependencies } = await startDependencies();
  expect(engine.backend).toBe('webgpu');
  const { recipe } = findPreset('confetti-quick')!;
  const options = { seed: recipe.data_seed, params: builtinParams(recipe) };
  const losses = async () => {
    const dataset = await dependencies.makeBuiltin('confetti', options);
    const method = await dependencies.createMethod(recipe, dataset, noLabels(dataset));
    const seen: number[] = [];
    for (let step = 0; step < 20; step++) seen.push((await method.trainStep(recipe)).loss);
    method.dispose();
    return seen;
  };
  const first = await losses();
  expect(new Set(first).size).toBe(20);
  expect(await losses()).toEqual(first);
});
