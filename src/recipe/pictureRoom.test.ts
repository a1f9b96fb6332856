import { describe, expect, it } from 'vitest';
import { estimateCost } from './cost';
import { officialRecipe } from './fields';
import { pictureRoom, votersOf } from './pictureRoom';

const recipe = { ...officialRecipe, batch_size: 64 };
const facts = { pictures: 10_000, imageSize: 80, classes: 10 };
/** Of a picture of 80 px. */
const bytes = 25_600;

describe('pictureRoom', () => {
  it('takes all pictures where nothing is known of the device, or they fit', () => {
    expect(pictureRoom(recipe, facts)).toBe(10_000);
    const large = { maxBufferBytes: 2 ** 31, budgetBytes: 2 ** 33 };
    expect(pictureRoom(recipe, { ...facts, ...large })).toBe(10_000);
  });

  it('takes as many as the largest buffer holds, and no more than their share of the memory', () => {
    expect(pictureRoom(recipe, { ...facts, maxBufferBytes: 2 ** 27 })).toBe(Math.floor(2 ** 27 / bytes));
    const small = { maxBufferBytes: 2 ** 31, budgetBytes: 8 * 1000 * bytes };
    expect(pictureRoom(recipe, { ...facts, ...small })).toBe(1000);
  });

  it('has room for a step, whatever the budget', () => {
    const tight = { ...facts, budgetBytes: 1 };
    expect(pictureRoom(recipe, tight)).toBe(64);
    const paws = { ...recipe, method: 'paws' as const, supervised_imgs_per_class: 3, classes_per_batch: 0 };
    expect(votersOf(paws, 10)).toBe(30);
    expect(pictureRoom(paws, tight)).toBe(94);
    expect(pictureRoom(paws, { ...tight, pictures: 50 })).toBe(50);
  });

  it('is what an estimate counts', () => {
    const run = (trainImages: number, budgetBytes: number) =>
      estimateCost(recipe, { trainImages, imageSize: 80, classes: 10, budgetBytes }).gpuBytes;
    const budget = 8 * 1000 * bytes;
    expect(run(10_000, budget)).toBe(run(1000, budget));
    expect(run(1000, budget) - run(900, budget)).toBe(100 * bytes);
  });
});
