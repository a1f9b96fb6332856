/**
 * The frozen workloads (docs/performance.md) and the points of the scaling curves. They are made anew for each
 * process that asks: all drawn, all equal.
 */
import { drawParameters } from '../../src/models/parameters';
import { createTrunk } from '../../src/models/trunk';
import { vitParameters } from '../../src/models/vit';
import { randomStream } from '../../src/platform/random';
import { findPreset, officialRecipeOf, type Recipe } from '../../src/recipe';
import { curveProblems } from './curves';
import { TRAINED, vitFeatureFlops, vitFlops } from './flops';
import {
  type AttentionProblem,
  type DinoProblem,
  type MatmulProblem,
  noise,
  type PawsProblem,
  type Problem,
  type RegressionProblem,
} from './problem';
import { dinoProblem, pawsProblem, vit, vitDino } from './steps';

/** ViT at 32 px, patch 8, dim 96, depth 4, 3 heads, batch 8; mean squared error to fixed targets; SGD. */
function w1(): RegressionProblem {
  const config = vit({ imageSize: 32, patchSize: 8, embedDim: 96, depth: 4, numHeads: 3 });
  const specs = vitParameters(config, 'fan_in');
  return {
    kind: 'regression',
    vit: config,
    images: noise('W1 images', [8, 3, 32, 32]),
    targets: noise('W1 targets', [8, 96]),
    lr: 0.01,
    specs,
    parameters: drawParameters(specs, randomStream(0, 'W1')),
    productFlops: TRAINED * 8 * vitFeatureFlops(config, 32),
  };
}

const w2 = () =>
  vitDino(
    'W2',
    { embedDim: 96, depth: 4, numHeads: 4 },
    { head: { hiddenDim: 256, bottleneckDim: 64, outDim: 128 }, batch: 16, locals: 4 },
  );

const w3 = () =>
  vitDino(
    'W3',
    { embedDim: 192, depth: 6, numHeads: 6 },
    { head: { hiddenDim: 512, bottleneckDim: 128, outDim: 1024 }, batch: 64, locals: 6 },
  );

/** The step of the preset `photos-quick`, at the learning rate its warm-up begins with. */
function w2c(): DinoProblem {
  const recipe = recipeOf('photos-quick');
  return dinoProblem({
    name: 'W2c',
    trunk: {
      kind: 'cnn',
      config: { width: recipe.cnn_width, blocks: recipe.cnn_blocks, pool: recipe.cnn_pool },
    },
    built: createTrunk(recipe),
    head: {
      hiddenDim: recipe.head_hidden_dim,
      bottleneckDim: recipe.head_bottleneck_dim,
      outDim: recipe.out_dim,
    },
    batch: recipe.batch_size,
    views: [{ side: recipe.global_crops_size, count: 2 }],
    controls: {
      centering: recipe.centering,
      lr: (recipe.lr * recipe.batch_size) / 256 / 40,
      momentum: recipe.momentum_teacher,
      teacherTemp: recipe.teacher_temp,
      studentTemp: recipe.student_temp,
    },
  });
}

/** ViT-S/16 at 224 px, one picture, last-layer attention. */
function w4(): AttentionProblem {
  const config = vit({ imageSize: 224, patchSize: 16, embedDim: 384, depth: 12, numHeads: 6 });
  const specs = vitParameters(config, 'fan_in');
  return {
    kind: 'attention',
    vit: config,
    image: noise('W4 image', [1, 3, 224, 224]),
    specs,
    parameters: drawParameters(specs, randomStream(0, 'W4')),
    productFlops: vitFlops({ ...config, depth: 11 }, 224) + 2 * 197 * 384 * 3 * 384 + 2 * 197 * 197 * 384,
  };
}

/** The recipe of a preset. */
function recipeOf(preset: string): Recipe {
  const recipe = findPreset(preset)?.recipe;
  if (!recipe) throw new Error(`The preset ${preset} is gone.`);
  return recipe;
}

/** The step of the preset `grey-paws-quick`: 48 pictures and 5 votes of each of 10 classes, two views each, 64 px. */
function w5(): PawsProblem {
  const recipe = recipeOf('grey-paws-quick');
  const { cnn_width: width, cnn_blocks: blocks, cnn_pool: pool } = recipe;
  return pawsProblem('W5', recipe, { kind: 'cnn', config: { width, blocks, pool } });
}

/** The official PAWS step for CIFAR-10: Wide-ResNet-28-2 at 32 px, 256 pictures, 64 votes of each class. */
function w6(): PawsProblem {
  const recipe = officialRecipeOf('paws');
  const config = { depth: recipe.wrn_depth, widen: recipe.wrn_widen };
  return pawsProblem('W6', recipe, { kind: 'wide_resnet', config });
}

function matmul(): MatmulProblem {
  const size = 1024;
  const [a, b] = [noise('matmul a', [size, size]), noise('matmul b', [size, size])];
  return { kind: 'matmul', size, a, b, productFlops: 2 * size ** 3 };
}

/** Makes the workload, or the point of a curve, of that name. */
export const workloads: Readonly<Record<string, () => Problem>> = {
  W1: w1,
  W2: w2,
  W2c: w2c,
  W3: w3,
  W4: w4,
  W5: w5,
  W6: w6,
  matmul,
  ...curveProblems,
};
