import { describe, expect, it } from 'vitest';
import { methodFacts, methodNames } from '../../../recipe';
import { stepSeries } from '../../store/series';
import { metricsOf } from './metrics';

describe('the schedules of a method', () => {
  it('are numbers that it reports, each with a meaning', () => {
    for (const method of methodNames) {
      for (const { columns, column, meaning } of metricsOf(method)) {
        expect(meaning.length, `${method} ${column}`).toBeGreaterThan(10);
        if (columns === stepSeries) expect(Object.keys(methodFacts[method].series)).toContain(column);
      }
    }
  });

  it('leave no teacher to methods that have none, and give PAWS its votes', () => {
    const ids = (method: 'dino' | 'paws') => metricsOf(method).map(({ id }) => id);
    expect(ids('dino')).toContain('teacherTemp');
    expect(ids('paws')).not.toContain('teacherTemp');
    expect(ids('paws')).toEqual(expect.arrayContaining(['pawsWeight', 'pseudoCorrect', 'stepMs']));
  });

  it('name DINO’s own ends of a schedule', () => {
    const decay = (method: 'dino' | 'paws') =>
      metricsOf(method).find(({ id }) => id === 'weightDecay')!.meaning;
    expect(decay('dino')).toContain('weight_decay_end');
    expect(decay('paws')).not.toContain('weight_decay_end');
  });
});
