import { describe, expect, it } from 'vitest';
import { findPreset } from '../../recipe';
import { type BudgetCell, type BudgetExperiment, type BudgetMethod, planBudget } from '../../session/budget';
import { experimentOf, readBudgets } from './planning';
import { epochsPlot, labelsPlot } from './plots';
import { comparison, courseOf, experimentCsv, summaryOf, titleOf } from './results';

const base = findPreset('grey-paws-quick')!.recipe;
const dataset = { name: 'grey', trainCount: 1600, size: 64, classes: 10 };

function cell(
  method: BudgetMethod,
  labelsPerClass: number,
  seed: number,
  scores: (number | null)[],
): BudgetCell {
  const points = scores.map((heldOut, i) => ({ step: i * 10, epoch: i, heldOut, unlabelled: null }));
  return {
    method,
    labelsPerClass,
    seed,
    labels: 10 * labelsPerClass,
    points,
    shown: 'snnHead',
    readOuts: [],
  };
}

function experiment(cells: BudgetCell[], seeds = [0]): BudgetExperiment {
  const plan = {
    base,
    methods: ['paws', 'supervised'] as BudgetMethod[],
    labelsPerClass: [1, 2],
    seeds,
    dataset,
  };
  const done = cells.map((each, i) => ({ id: `${i}`, cells: [each], problem: null, seconds: 1 }));
  return { ...planBudget(plan), done };
}

const two = [
  cell('paws', 1, 0, [20, 50, 70]),
  cell('paws', 1, 1, [30, 60, 80]),
  cell('supervised', 1, 0, [20, 40, 55]),
];

describe('results', () => {
  it('are means with their range; what was not scored does not count', () => {
    expect(summaryOf(two, 'paws', 1)).toEqual({ mean: 75, low: 70, high: 80, seeds: 2 });
    expect(summaryOf(two, 'paws', 2)).toBeNull();
    expect(summaryOf([cell('dino', 1, 0, [50, null])], 'dino', 1)).toBeNull();
    expect(courseOf(two, 'paws', 1)).toEqual([
      { epoch: 0, heldOut: 25 },
      { epoch: 1, heldOut: 55 },
      { epoch: 2, heldOut: 75 },
    ]);
  });

  it('are compared as the paper does, and doubted while seeds are few', () => {
    expect(comparison(experiment(two))).toBe(
      'With 1 label a class, PAWS + CE tells 75.0 % of the held-out pictures right, the labels alone 55.0 %. It passed that after 1 of 2 epochs. One seed is no proof: add more.',
    );
    const worse = [cell('paws', 2, 0, [20, 40]), cell('supervised', 2, 0, [20, 55])];
    expect(comparison(experiment(worse))).toContain('here the votes do not help');
    expect(comparison(experiment([two[0]!]))).toBeNull();
  });

  it('name the label loss of PAWS only where it is on', () => {
    const pure = experiment([]);
    expect(titleOf('paws', pure)).toBe('PAWS + CE');
    const plan = { ...pure.plan, base: { ...base, support_ce_weight: 0 } };
    expect(titleOf('paws', { ...pure, plan })).toBe('PAWS');
  });

  it('are written line by line, unknown scores empty', () => {
    const lines = experimentCsv(experiment([cell('paws', 2, 7, [12.5, null])]))
      .trim()
      .split('\n');
    expect(lines).toEqual([
      'method,labels_per_class,seed,labels,read_out,step,epoch,held_out,unlabelled',
      'paws,2,7,20,snnHead,0,0,12.5,',
      'paws,2,7,20,snnHead,10,1,,',
    ]);
  });
});

describe('plots', () => {
  it('draw a line for each method and a point for each seed', () => {
    const spec = labelsPlot(experiment(two, [0, 1]));
    expect(spec.lines.map(({ label }) => label)).toEqual([
      'PAWS + CE',
      'PAWS + CE, each seed',
      'Labels alone',
      'Labels alone, each seed',
    ]);
    expect([...spec.lines[0]!.columns.column('accuracy')]).toEqual([75]);
    expect([...spec.lines[1]!.columns.column('accuracy')]).toEqual([70, 80]);
    expect(spec.lines[1]!.unjoined).toBe(true);
    expect(labelsPlot(experiment(two, [0])).lines).toHaveLength(2);
  });

  it('draw accuracy by epoch for one budget', () => {
    const spec = epochsPlot(experiment(two), 1);
    expect([...spec.lines[0]!.columns.column('step')]).toEqual([0, 1, 2]);
    expect(epochsPlot(experiment(two), 2).lines.every(({ columns }) => columns.length === 0)).toBe(true);
  });
});

describe('the plan', () => {
  it.each([
    ['1, 2, 4, 8', [1, 2, 4, 8]],
    ['8 4;2,2', [2, 4, 8]],
    ['', null],
    ['0, 1', null],
    ['1.5', null],
    ['many', null],
    ['99999', null],
  ])('reads %j', (text, budgets) => {
    expect(readBudgets(text)).toEqual(budgets);
  });

  it('says what keeps an experiment from being one', () => {
    const pictures = {
      set: null,
      revision: 0,
      generation: 1,
      name: 'grey',
      kind: 'builtin' as const,
      size: 64,
      count: 2000,
      trainCount: 1600,
      heldOutCount: 400,
      classNames: ['a', 'b'],
      classCounts: [1000, 1000],
      labelledCount: 2000,
      hasMasks: true,
      probes: [],
    };
    const wishes = { budgets: '1, 2', methods: ['paws'] as const, seeds: 2 };
    const of = (changes: object, summary: typeof pictures | null = pictures) =>
      experimentOf({ ...wishes, ...changes }, base, summary);
    expect(of({})).toMatchObject({ experiment: { plan: { seeds: [0, 1], labelsPerClass: [1, 2] } } });
    expect(of({ budgets: 'x' })).toMatchObject({ problem: expect.stringContaining('whole numbers') });
    expect(of({ budgets: '1 2 3 4 5 6 7 8 9' })).toMatchObject({
      problem: expect.stringContaining('more than 8'),
    });
    expect(of({ methods: [] })).toMatchObject({ problem: expect.stringContaining('one method') });
    expect(of({}, null)).toMatchObject({ problem: expect.stringContaining('not there yet') });
    expect(of({}, { ...pictures, classNames: [] })).toMatchObject({
      problem: expect.stringContaining('by hand'),
    });
  });
});
