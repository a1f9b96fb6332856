import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { officialRecipe, type Recipe } from '../recipe';
import { drawBudget } from './budget';
import { checkLabels } from './checkLabels';
import { createLabelling, withGiven } from './labelling';
import { createSupportSampler } from './supportSampler';

// Six pictures of each of four classes; the last of each is held out.
const truth = Int32Array.from({ length: 24 }, (_, i) => i % 4);
const trainIndices = Int32Array.from({ length: 20 }, (_, i) => i);
const animals = createLabelling(['ant', 'bee', 'cat', 'dog'], truth);
const unknown = createLabelling(
  ['ant', 'bee', 'cat', 'dog'],
  truth.map(() => -1),
);

const budget: Recipe = {
  ...officialRecipe,
  ...{ method: 'paws', label_source: 'budget', labels_per_class: 4, label_seed: 0 },
  ...{ classes_per_batch: 0, supervised_imgs_per_class: 4 },
};
const hand: Recipe = { ...budget, label_source: 'hand' };

/** The first so many training pictures of each class, labelled by hand. */
const byHand = (counts: readonly number[], labelling = animals) => {
  const given = new Int32Array(24).fill(-1);
  counts.forEach((count, label) => {
    for (let nth = 0; nth < count; nth++) given[4 * nth + label] = label;
  });
  return withGiven(labelling, given);
};
const check = (recipe: Recipe, labelling = animals) => checkLabels(recipe, labelling, trainIndices);

describe('checkLabels', () => {
  it('has nothing against enough labels of every class, drawn or given', () => {
    expect(check(budget)).toEqual([]);
    expect(check(hand, byHand([4, 4, 4, 4]))).toEqual([]);
    expect(check({ ...hand, method: 'supervised' }, byHand([3, 3, 3, 3]))).toEqual([]);
  });

  it('leaves methods alone that read no labels', () => {
    for (const method of ['dino', 'swav'] as const) {
      expect(check({ ...hand, method, classes_per_batch: 99 })).toEqual([]);
    }
  });

  it('refuses no labels, and suggests where to take them from', () => {
    expect(check(hand)).toEqual([
      {
        field: 'label_source',
        kind: 'refusal',
        message: 'No training picture has a label yet. Label a few of every class.',
        suggestion: 'budget',
      },
    ]);
    expect(check(hand, unknown)[0]!.suggestion).toBeUndefined();
    expect(check({ ...budget, method: 'supervised' }, unknown)).toMatchObject([
      { kind: 'refusal', suggestion: 'hand', message: expect.stringContaining('can be drawn') },
    ]);
  });

  it('refuses labels of one class', () => {
    expect(check(hand, byHand([0, 0, 3]))).toMatchObject([
      { field: 'label_source', kind: 'refusal', message: expect.stringContaining('one class, ‘cat’') },
    ]);
  });

  it('does not count labels of held-out pictures, and says so', () => {
    const outside = withGiven(animals, new Int32Array(24).fill(-1, 0, 20).fill(1, 20));
    expect(check(hand, outside).map(({ kind }) => kind)).toEqual(['refusal', 'warning']);
    expect(check(hand, outside)[1]!.message).toBe(
      '4 labels are on held-out pictures: they score, and training never sees them.',
    );
    const one = withGiven(animals, byHand([4, 4, 4, 4]).given.with(20, 0));
    expect(check(hand, one)).toMatchObject([
      {
        kind: 'warning',
        message: 'One label is on a held-out picture: it scores, and training never sees it.',
      },
    ]);
  });

  it.each([
    [5, [4, 4, 4, 4], 0],
    [4, [4, 4, 4, 0], 0],
    [3, [4, 4, 4, 4], 2],
    [2, [4, 4, 4, 0], 0],
  ])('refuses %d classes a step with labels %j', (classes, counts, suggestion) => {
    const recipe = { ...hand, classes_per_batch: classes };
    const refusals = check(recipe, byHand(counts)).filter(({ kind }) => kind === 'refusal');
    expect(refusals).toMatchObject([{ field: 'classes_per_batch', suggestion }]);
    const settled = check({ ...recipe, classes_per_batch: suggestion }, byHand(counts));
    expect(settled.filter(({ kind }) => kind === 'refusal')).toEqual([]);
    // The supervised baseline draws no such batches.
    expect(check({ ...recipe, method: 'supervised' }, byHand(counts)).map(({ kind }) => kind)).not.toContain(
      'refusal',
    );
  });

  it('warns of classes with fewer labels than vote, one label, and none', () => {
    expect(check(hand, byHand([2, 2, 1, 0]))).toEqual([
      {
        field: 'supervised_imgs_per_class',
        kind: 'warning',
        message:
          '4 pictures of every class vote in a step, and ‘cat’ has one picture with a label: they are repeated in other views.',
        suggestion: 1,
      },
      {
        field: 'label_source',
        kind: 'warning',
        message: '‘dog’ has no label: no picture will be taken for it.',
      },
      {
        field: 'label_source',
        kind: 'warning',
        message: '‘cat’ has one label: how typical that picture is decides the class.',
      },
    ]);
    expect(check({ ...budget, labels_per_class: 1, supervised_imgs_per_class: 1 })).toMatchObject([
      {
        field: 'labels_per_class',
        suggestion: 2,
        message: expect.stringMatching(/^‘ant’, ‘bee’, ‘cat’ and ‘dog’ have one/),
      },
    ]);
  });

  it('warns of unbalanced labels given by hand, and of a budget that some classes cannot fill', () => {
    expect(check({ ...hand, method: 'supervised' }, byHand([5, 2, 2, 2]))).toEqual([]);
    expect(check({ ...hand, method: 'supervised' }, byHand([5, 4, 4, 1])).at(-1)!.message).toBe(
      'The labels are unbalanced: ‘ant’ has 5 and ‘dog’ has 1. More labels of the rare classes help most.',
    );
    expect(check({ ...budget, method: 'supervised', labels_per_class: 7 })).toMatchObject([
      {
        field: 'labels_per_class',
        suggestion: 5,
        message:
          'Fewer than 7 pictures to train on: ‘ant’ (5), ‘bee’ (5), ‘cat’ (5) and ‘dog’ (5). All of them are labelled.',
      },
    ]);
  });

  it('lets through only what support batches can be drawn from', () => {
    const labels = fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 24, maxLength: 24 });
    fc.assert(
      fc.property(labels, fc.nat(6), fc.boolean(), (list, classes, drawn) => {
        const labelling = withGiven(drawn ? animals : unknown, Int32Array.from(list));
        const recipe = { ...(drawn ? budget : hand), classes_per_batch: classes };
        const problems = checkLabels(recipe, labelling, trainIndices);
        for (const { message } of problems) expect(message).toMatch(/^\S.*\.$/);
        if (problems.some(({ kind }) => kind === 'refusal')) return;
        const given = drawn ? drawBudget(labelling, trainIndices, 4, 0) : labelling.given;
        const sampler = createSupportSampler({
          ...{ given, trainIndices, classes: 4, classesPerBatch: classes, imagesPerClass: 4, seed: 0 },
        });
        expect(sampler.labelledClasses.length % sampler.classesPerBatch).toBe(0);
        expect(sampler.labelledClasses.length).toBeGreaterThan(1);
      }),
    );
  });
});
