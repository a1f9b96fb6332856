import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { cnnCost, resnetCost, wideResnetCost } from './convolutionCost';
import { estimateCost } from './cost';
import { officialRecipe, type Recipe } from './fields';
import { headCost, headsCost, stemChannels, vitCost } from './networkCost';
import { findPreset } from './presets';

const facts = { trainImages: 1600, imageSize: 64, classes: 10 };
const recipeWith = (changes: Partial<Recipe>): Recipe => ({ ...officialRecipe, ...changes });
const presetWith = (name: string, changes: Partial<Recipe> = {}): Recipe => ({
  ...findPreset(name)!.recipe,
  ...changes,
});

/** Numbers in all golden tensors whose name starts like this, running statistics left out. */
function goldenParameters(file: string, prefix: string): number {
  const bytes = readFileSync(new URL(`../../fixtures/${file}.safetensors`, import.meta.url));
  const header: Record<string, { shape?: number[] }> = JSON.parse(
    bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString(),
  );
  return Object.entries(header)
    .filter(([name]) => name.startsWith(prefix) && !name.includes('running_'))
    .reduce((sum, [, { shape }]) => sum + (shape ?? []).reduce((a, b) => a * b, 1), 0);
}

describe('parameters', () => {
  it('of the official networks are the published ones', () => {
    expect(estimateCost(officialRecipe, facts).backboneParameters).toBe(5_524_416);
    const small = recipeWith({ embed_dim: 384, num_heads: 6 });
    expect(estimateCost(small, facts).backboneParameters).toBe(21_665_664);
  });

  it('are those of the golden student, head included', () => {
    const recipe = recipeWith({
      global_crops_size: 32,
      patch_size: 8,
      embed_dim: 36,
      depth: 2,
      num_heads: 3,
      out_dim: 64,
      head_hidden_dim: 64,
      head_bottleneck_dim: 32,
    });
    expect(estimateCost(recipe, facts).parameters).toBe(goldenParameters('dino_train', 'student_init/'));
  });

  it.each([
    ['main', 3, false],
    ['freeg', 2, false],
    ['one', 1, false],
    ['bn', 3, true],
  ])('of the golden head %s', (variant, head_nlayers, use_bn_in_head) => {
    const sizes = { out_dim: 128, head_hidden_dim: 64, head_bottleneck_dim: 32 };
    const { parameters } = headCost({ ...sizes, head_nlayers, use_bn_in_head }, 48);
    expect(parameters).toBe(goldenParameters('dino_head_forward', `${variant}/param/`));
  });

  it('of the small convolutional network, counted by hand', () => {
    const { parameters, featureDim } = cnnCost({ cnn_width: 16, cnn_blocks: 2, cnn_pool: 4 });
    const stem = 3 * 16 * 9 + 2 * 16;
    const first = 16 * 32 * 9 + 32 * 32 * 9 + 16 * 32 + 3 * 2 * 32;
    const second = 32 * 64 * 9 + 64 * 64 * 9 + 32 * 64 + 3 * 2 * 64;
    expect(parameters).toBe(stem + first + second);
    expect(parameters).toBe(72_720);
    expect(featureDim).toBe(1024);
  });

  it('of the ResNets are the published ones, less the classifier of 1,000', () => {
    const imagenet = { resnet_width: 64, resnet_stem: 'imagenet' } as const;
    expect(resnetCost({ ...imagenet, resnet_depth: 18 }).parameters).toBe(11_689_512 - 513_000);
    expect(resnetCost({ ...imagenet, resnet_depth: 34 }).parameters).toBe(21_797_672 - 513_000);
    expect(resnetCost({ ...imagenet, resnet_depth: 50 }).parameters).toBe(25_557_032 - 2_049_000);
    expect(resnetCost({ ...imagenet, resnet_depth: 50 }).featureDim).toBe(2048);
  });

  it('of the golden Wide-ResNet with its projection head', () => {
    const recipe = recipeWith({ method: 'paws', head_hidden_dim: 64, output_dim: 32 });
    const trunk = wideResnetCost({ wrn_depth: 10, wrn_widen: 1 });
    const [head] = headsCost(recipe, trunk.featureDim, 10);
    expect(trunk.parameters + head!.parameters).toBe(goldenParameters('paws_train', 'init/'));
  });

  it('of the prediction head, counted by hand', () => {
    const recipe = recipeWith({ method: 'paws', head_hidden_dim: 512, output_dim: 128, use_pred_head: true });
    const [, prediction] = headsCost(recipe, 256, 10);
    const norms = 2 * 128 + 2 * 32;
    expect(prediction!.parameters).toBe(norms + 128 * 32 + 32 + 32 * 128 + 128);
  });

  it('of the convolutional stem, counted by hand', () => {
    const recipe = presetWith('confetti-quick');
    expect(stemChannels(64, 8)).toEqual([3, 16, 32, 64]);
    const stem = 27 * 16 + 2 * 16 + 9 * 16 * 32 + 2 * 32 + 9 * 32 * 64 + 2 * 64 + 64 * 64 + 64;
    const linear = 3 * 8 * 8 * 64 + 64;
    const difference = vitCost({ ...recipe, conv_stem: true }).parameters - vitCost(recipe).parameters;
    expect(difference).toBe(stem - linear);
  });
});

describe('operations of one picture', () => {
  it('are the published ones: 1.8 billion multiplications for ResNet-18, 4.1 for ResNet-50', () => {
    const at = (resnet_depth: 18 | 50) =>
      resnetCost({ resnet_depth, resnet_width: 64, resnet_stem: 'imagenet' }).pass(224).flops / 2e9;
    expect(at(18)).toBeCloseTo(1.81, 2);
    expect(at(50)).toBeCloseTo(4.09, 2);
  });
});

describe('operations per step', () => {
  it('are those of the plan for 30 seconds, 5 minutes and an hour', () => {
    const hour = presetWith('confetti-long', {
      embed_dim: 192,
      depth: 6,
      num_heads: 6,
      head_hidden_dim: 512,
      head_bottleneck_dim: 128,
      out_dim: 1024,
      batch_size: 128,
      local_crops_number: 6,
    });
    const giga = [presetWith('confetti-quick'), presetWith('confetti-long'), hour].map(
      (recipe) => estimateCost(recipe, facts).flopsPerStep / 1e9,
    );
    [9, 40, 590].forEach((planned, i) => {
      expect(giga[i] / planned).toBeGreaterThan(0.8);
      expect(giga[i] / planned).toBeLessThan(1.25);
    });
  });

  it('of confetti-quick, counted by hand: student forward and back on all views, teacher forward on two', () => {
    const blocks = (tokens: number) => 4 * (2 * tokens * 12 * 64 * 64 + 4 * tokens * tokens * 64);
    const global = 2 * 64 * 192 * 64 + blocks(65);
    const local = 2 * 16 * 192 * 64 + blocks(17);
    const head = 2 * (64 * 128 + 128 * 128 + 128 * 32 + 32 * 64);
    const student = 2 * global + 2 * local + 4 * head;
    const { flopsPerStep } = estimateCost(presetWith('confetti-quick'), facts);
    expect(flopsPerStep).toBe(32 * (3 * student + 2 * (global + head)));
  });

  it('of the convolutional network, counted by hand for one view', () => {
    const pass = cnnCost({ cnn_width: 16, cnn_blocks: 1, cnn_pool: 1 }).pass(64);
    expect(pass.flops).toBe(2 * (32 * 32 * 27 * 16 + 16 * 16 * 32 * (9 * 16 + 9 * 32 + 16)));
  });

  it('double with the batch and pay for every local view', () => {
    const flops = (changes: Partial<Recipe>) =>
      estimateCost(presetWith('confetti-quick', changes), facts).flopsPerStep;
    expect(flops({ batch_size: 64 })).toBe(2 * flops({ batch_size: 32 }));
    const view = flops({ local_crops_number: 3 }) - flops({ local_crops_number: 2 });
    expect(view).toBe(flops({ local_crops_number: 8 }) - flops({ local_crops_number: 7 }));
    expect(view).toBeGreaterThan(0);
  });
});

describe('graphics memory', () => {
  const bytes = (recipe: Recipe, images = 0) =>
    estimateCost(recipe, { trainImages: images, imageSize: 64, classes: 10 }).gpuBytes;

  it('holds five copies of the weights with AdamW and four with SGD', () => {
    const recipe = presetWith('confetti-quick');
    const { parameters } = estimateCost(recipe, facts);
    expect(bytes(recipe) - bytes({ ...recipe, optimizer: 'sgd' })).toBe(4 * parameters);
    expect(bytes(recipe)).toBeGreaterThan(4 * 5 * parameters);
  });

  it('holds the pictures, four bytes a pixel', () => {
    const recipe = presetWith('confetti-quick');
    expect(bytes(recipe, 1600) - bytes(recipe)).toBe(1600 * 64 * 64 * 4);
  });

  it('is what the engine planned for exactly this recipe, where it did', () => {
    const recipe = presetWith('confetti-quick');
    const plan = (asked: Recipe) => (asked === recipe ? { gpuBytes: 12_345, largestBufferBytes: 678 } : null);
    const planned = estimateCost(recipe, { ...facts, plan });
    expect(planned).toMatchObject({ gpuBytes: 12_345, largestBufferBytes: 678, planned: true });
    const other = presetWith('confetti-quick', { batch_size: 8 });
    expect(estimateCost(other, { ...facts, plan })).toEqual(estimateCost(other, facts));
    expect(estimateCost(other, facts).planned).toBe(false);
  });

  it('knows the largest single buffer: the logits of a wide head', () => {
    const recipe = presetWith('confetti-quick', { out_dim: 65536 });
    expect(estimateCost(recipe, facts).largestBufferBytes).toBe(32 * 4 * 65536 * 4);
  });
});
