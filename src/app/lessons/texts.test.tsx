import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { type MethodName, methodNames, officialRecipeOf } from '../../recipe';
import { textFor } from './Explanation';
import type { Situation } from './situation';

const situations: Situation[] = [
  'rest',
  'warming up',
  'training',
  'uniform',
  'one-hot',
  'slow',
  'shortcut',
  'not helping',
  'vanishing classes',
  'memorised',
  'paused',
];

function read(method: MethodName, situation: Situation, changes = {}) {
  const { title, body } = textFor(method, situation);
  const recipe = { ...officialRecipeOf(method), ...changes };
  const { container } = render(<div>{body({ outputs: 12, recipe })}</div>);
  return { title, text: container.textContent ?? '' };
}

afterEach(cleanup);

describe('the texts of the methods', () => {
  it('say something in every situation', () => {
    for (const method of methodNames) {
      for (const situation of situations) {
        const { title, text } = read(method, situation);
        expect(title.length, `${method} ${situation}`).toBeGreaterThan(3);
        expect(text.length, `${method} ${situation}`).toBeGreaterThan(60);
      }
    }
  });

  it('speak of teacher and student only where there are any', () => {
    for (const method of ['paws', 'supervised'] as const) {
      for (const situation of situations) {
        expect(read(method, situation).text, `${method} ${situation}`).not.toMatch(/student|teacher/);
      }
    }
    expect(read('dino', 'training').text).toMatch(/student/);
  });

  it('name PAWS + CE where the label loss is on, and the even guess where it is not', () => {
    const withLabels = read('paws', 'training', {
      support_ce_weight: 1,
      paws_ramp_start: 0.25,
      paws_ramp_end: 0.45,
    });
    expect(withLabels.text).toContain('PAWS + CE');
    expect(withLabels.text).toContain('25 % to 45 % of the run');
    expect(read('paws', 'training').text).toContain('pure PAWS');
    expect(read('paws', 'uniform').text).toContain('ln 12 = 2.485');
  });
});
