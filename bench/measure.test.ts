import { expect, test } from 'vitest';
import type { ContenderName } from './contender';
import { assertAgreement, type Entrant, relativeDistance, spread } from './measure';

test('takes the middle of what was measured, or of the middle two', () => {
  expect(spread([3, 1, 20])).toEqual({ median: 3, min: 1, max: 20 });
  expect(spread([4, 1, 2, 20])).toEqual({ median: 3, min: 1, max: 20 });
  expect(() => spread([])).toThrow('Nothing was measured');
});

test('measures distance against the size of what is expected', () => {
  expect(relativeDistance(Float32Array.of(3, 4.5), Float32Array.of(3, 4))).toBeCloseTo(0.1);
  expect(() => relativeDistance(Float32Array.of(1), Float32Array.of(1, 2))).toThrow('1 and 2 numbers');
});

function entrant(name: ContenderName, loss: (step: number) => number): Entrant {
  let step = 0;
  return {
    contender: { name, device: null, activate: async () => {}, prepare: async () => null },
    runner: { step: async () => Float32Array.of(loss(step++)), dispose: () => {} },
  };
}

test('lets contenders through whose losses agree to 1e-4 over ten steps', async () => {
  const distances = await assertAgreement([
    entrant('ours', () => 2),
    entrant('tfjs', (step) => (step === 9 ? 2.0001 : 2)),
  ]);
  expect(distances.get('tfjs')).toBeCloseTo(5e-5);
});

test('refuses to time contenders that differ in any of ten steps, or give no number', async () => {
  const ours = () => entrant('ours', () => 2);
  await expect(
    assertAgreement([ours(), entrant('tfjs', (step) => (step === 9 ? 2.001 : 2))]),
  ).rejects.toThrow('tfjs and ours do not agree');
  await expect(
    assertAgreement([ours(), entrant('jaxjs', (step) => (step === 4 ? Number.NaN : 2))]),
  ).rejects.toThrow('jaxjs and ours do not agree');
});
