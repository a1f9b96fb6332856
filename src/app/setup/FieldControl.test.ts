import { expect, it } from 'vitest';
import { recipeFields } from '../../recipe';
import { readNumber, stepNumber } from './FieldControl';

it('reads decimals with a point or a comma, exponents and spaces, and nothing else', () => {
  const read = [
    '0.02',
    '0,02',
    '1e-5',
    '1 600',
    '-3',
    '.5',
    '5.',
    '',
    'abc',
    '1e999',
    '0x10',
    '1,2,3',
    'NaN',
  ];
  expect(read.map(readNumber)).toEqual([
    0.02,
    0.02,
    1e-5,
    1600,
    -3,
    0.5,
    5,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
});

const spec = (name: 'out_dim' | 'teacher_temp' | 'hue' | 'local_crops_number') => {
  const field = recipeFields[name];
  if (field.kind !== 'number' && field.kind !== 'integer') throw new Error(`${name} is no number`);
  return field;
};

it('doubles counts, walks decades and takes plain steps, within the range', () => {
  expect([stepNumber(spec('out_dim'), 64, 1), stepNumber(spec('out_dim'), 64, -1)]).toEqual([128, 32]);
  expect(stepNumber(spec('out_dim'), 65536, 1)).toBe(65536);
  const up = [0.08, 0.09, 0.1, 0.2].map((value) => stepNumber(spec('teacher_temp'), value, 1));
  expect(up).toEqual([0.09, 0.1, 0.2, 0.3]);
  const down = [0.3, 0.2, 0.1, 0.09].map((value) => stepNumber(spec('teacher_temp'), value, -1));
  expect(down).toEqual([0.2, 0.1, 0.09, 0.08]);
  expect([stepNumber(spec('hue'), 0.1, 1), stepNumber(spec('hue'), 0.5, 1)]).toEqual([0.11, 0.5]);
  expect(stepNumber(spec('local_crops_number'), 0, -1)).toBe(0);
});
