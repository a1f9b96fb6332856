import { beforeEach, describe, expect, it } from 'vitest';
import { methodFacts, methodNames } from '../../../recipe';
import { sampleEvent } from '../../../session/testing/samples';
import { scoreSeries, stepSeries, takeEvent } from '../../store/series';
import { gaugeSpecs } from './gaugeSpecs';
import { specsFor, viewGauge } from './gauges';

const spec = (name: string) => gaugeSpecs.dino.find((gauge) => gauge.name === name)!;

function pushSteps(count: number, teacherEntropy: number, kl: number) {
  const fill = (value: number) => new Float64Array(count).fill(value);
  const start = stepSeries.length;
  stepSeries.append({
    step: Float64Array.from({ length: count }, (_, i) => start + i + 1),
    loss: fill(teacherEntropy + kl),
    teacherEntropy: fill(teacherEntropy),
    meanTeacherEntropy: fill(4),
    kl: fill(kl),
    gradNorm: fill(1),
    lr: fill(0.001),
    weightDecay: fill(0.04),
    momentum: fill(0.99),
    teacherTemp: fill(0.02),
    studentTemp: fill(0.1),
  });
}

beforeEach(() => {
  stepSeries.clear();
  scoreSeries.clear();
});

const sizes = { lnK: 4, featureDim: 64 };

describe('viewGauge', () => {
  const diagnosed = {
    name: 'teacherEntropy',
    label: 'H / ln K',
    value: 0.5,
    healthy: [0.23, 0.75] as [number, number],
    limits: [{ at: 0.96, beyond: 'above' as const, means: 'uniform collapse' }],
    state: 'healthy' as const,
  };

  it('reads the teacher’s entropy as a share of ln K, mean of the last twenty steps', () => {
    pushSteps(30, 4, 1);
    pushSteps(20, 2, 1);
    const view = viewGauge(spec('teacherEntropy'), sizes, diagnosed);
    expect(view.value).toBeCloseTo(0.5, 10);
    expect(view.values[0]).toBeCloseTo(1, 10);
    expect(view.state).toBe('healthy');
  });

  it('draws the band and the limits that the diagnosis judges by', () => {
    pushSteps(20, 3.9, 0.05);
    const view = viewGauge(spec('teacherEntropy'), sizes, diagnosed);
    expect(view.bands).toEqual([{ from: 0.23, to: 0.75, colour: 'good' }]);
    expect(view.limits).toEqual([{ value: 0.96, colour: 'bad', word: 'uniform' }]);
    expect(view.state).toBe('high');
  });

  it('draws one limit a side, the one that is met first', () => {
    const limits = [
      { at: 0.15, beyond: 'below' as const, means: 'uniform collapse' },
      { at: 0.05, beyond: 'below' as const, means: 'one-hot collapse' },
    ];
    const view = viewGauge(spec('kl'), sizes, { ...diagnosed, name: 'kl', limits });
    expect(view.limits.map(({ value, word }) => [value, word])).toEqual([[0.15, 'uniform']]);
  });

  it('knows no value before the first step, and no state before a diagnosis', () => {
    expect(viewGauge(spec('kl'), sizes, undefined)).toMatchObject({ value: null, state: null, bands: [] });
  });

  it('shows no share of ln K while K is unknown', () => {
    pushSteps(20, 3, 1);
    const view = viewGauge(spec('teacherEntropy'), { lnK: null, featureDim: null }, diagnosed);
    expect(view).toMatchObject({ value: null, state: null });
  });

  it('measures the rank against the length of the features', () => {
    takeEvent({
      type: 'evaluation',
      evaluation: { ...sampleEvent('evaluation').evaluation, step: 0, rankMe: 40 },
    });
    expect(viewGauge(spec('rankMe'), sizes, undefined)).toMatchObject({ value: 40, high: 64 });
    expect(viewGauge(spec('rankMe'), { ...sizes, featureDim: 1024 }, undefined).high).toBeCloseTo(84, 6);
  });

  it('grows its scale with the values', () => {
    pushSteps(5, 2, 7);
    expect(viewGauge(spec('kl'), sizes, undefined).high).toBeGreaterThan(7);
  });
});

describe('the gauges of a method', () => {
  it('read columns that the method has', () => {
    for (const method of methodNames) {
      const columns = Object.keys(methodFacts[method].series);
      const read = gaugeSpecs[method].filter((each) => each.columns === stepSeries);
      expect(columns, method).toEqual(expect.arrayContaining(read.map(({ column }) => column)));
    }
  });

  it('are joined by what only the diagnosis knows, at its value', () => {
    pushSteps(20, 3, 1);
    const gap = {
      name: 'gap',
      label: 'training − held-out, points',
      value: 31,
      healthy: [-20, 20] as [number, number],
      limits: [],
      state: 'high' as const,
    };
    const specs = specsFor('supervised', [gap]);
    expect(specs).toHaveLength(gaugeSpecs.supervised.length + 1);
    const view = viewGauge(specs.at(-1)!, sizes, gap);
    expect(view).toMatchObject({ value: 31, state: 'high', low: -20 });
    expect(view.high).toBeGreaterThanOrEqual(31);
  });
});
