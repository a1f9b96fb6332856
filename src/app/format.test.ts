import { expect, it } from 'vitest';
import { plural, showBytes, showDuration, showMs, showRate, showWeights } from './format';

it('writes durations in the coarsest unit that still says something', () => {
  const spoken = [0.2, 40, 98.6, 179, 3600, 4790, 5990, 7150, 36_300, 200_000].map(showDuration);
  expect(spoken).toEqual([
    'under 1 s',
    '40 s',
    '99 s',
    '3 min',
    '60 min',
    '80 min',
    '1 h 40 min',
    '2 h',
    '10 h',
    '2 days',
  ]);
});

it('writes counts, sizes and speeds for reading', () => {
  expect([plural(1, 'picture'), plural(1600, 'picture'), plural(0, 'class', 'classes')]).toEqual([
    '1 picture',
    '1,600 pictures',
    '0 classes',
  ]);
  expect([
    showBytes(19_200),
    showBytes(5 * 2 ** 20),
    showBytes(148 * 2 ** 20),
    showBytes(3 * 2 ** 30),
  ]).toEqual(['19 kB', '5.0 MB', '148 MB', '3.0 GB']);
  expect([showMs(77.6), showMs(1440), showRate(2.46), showRate(1412.3)]).toEqual([
    '78 ms',
    '1.4 s',
    '2.5',
    '1,412',
  ]);
  expect([showWeights(216_960), showWeights(5_526_000)]).toEqual(['217 thousand', '5.5 million']);
});
