/**
 * The frozen workloads (docs/performance.md). They are made anew for each process that asks: all drawn, all
 * equal.
 */
import { dinoParameters, drawParameters } from '../../src/methods/dino';
import { createTrunk, type Trunk, vitTrunk } from '../../src/models/trunk';
import { type VitConfig, vitParameters } from '../../src/models/vit';
import { randomStream } from '../../src/platform/random';
import { findPreset } from '../../src/recipe';
import { cnnFlops, headFlops, TRAINED, vitFlops } from './flops';
import {
  type AttentionProblem,
  type DinoProblem,
  type MatmulProblem,
  noise,
  type Problem,
  type RegressionProblem,
  type TrunkConfig,
} from './problem';

const vit = (
  sizes: Pick<VitConfig, 'imageSize' | 'patchSize' | 'embedDim' | 'depth' | 'numHeads'>,
): VitConfig => ({
  mlpRatio: 4,
  qkvBias: true,
  layerNormEpsilon: 1e-6,
  dropPathRate: 0,
  convStem: false,
  ...sizes,
});

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
    productFlops: TRAINED * 8 * vitFlops(config, 32),
  };
}

interface DinoSizes {
  name: string;
  trunk: TrunkConfig;
  built: Trunk;
  head: { hiddenDim: number; bottleneckDim: number; outDim: number };
  batch: number;
  /** Side in px and number of views, the global ones first. */
  views: { side: number; count: number }[];
  controls?: Partial<DinoProblem['controls']>;
}

/** A DINO step of these sizes. */
export function dinoProblem(sizes: DinoSizes): DinoProblem {
  const { name, trunk, built, batch, views } = sizes;
  const head = {
    nLayers: 3,
    useBatchNorm: false,
    normLastLayer: true,
    inDim: built.featureDim,
    ...sizes.head,
  };
  const specs = dinoParameters(built, head, 'fan_in');
  const forward = (side: number) =>
    (trunk.kind === 'vit' ? vitFlops(trunk.config, side) : cnnFlops(trunk.config, side)) + headFlops(head);
  const student = views.reduce((sum, { side, count }) => sum + count * forward(side), 0);
  return {
    kind: 'dino',
    trunk,
    head,
    batch,
    views: views.reduce((sum, { count }) => sum + count, 0),
    groups: views.map(({ side, count }) => noise(`${name} ${side}`, [count * batch, 3, side, side])),
    controls: {
      lr: 1e-3,
      weightDecay: 0.04,
      momentum: 0.99,
      clip: 3,
      trainLastLayer: true,
      teacherTemp: 0.04,
      studentTemp: 0.1,
      centerMomentum: 0.9,
      centering: 'ema',
      ...sizes.controls,
    },
    specs,
    parameters: drawParameters(specs, randomStream(0, name)),
    productFlops: batch * (TRAINED * student + 2 * forward(views[0].side)),
  };
}

/** A DINO step of a Vision Transformer at 64 px in patches of 8, with local crops of 32 px. */
export function vitDino(
  name: string,
  model: { embedDim: number; depth: number; numHeads: number },
  rest: Pick<DinoSizes, 'head' | 'batch'> & { locals: number; side?: number },
): DinoProblem {
  const side = rest.side ?? 64;
  const config = vit({ imageSize: side, patchSize: 8, ...model });
  return dinoProblem({
    name,
    trunk: { kind: 'vit', config },
    built: vitTrunk(config, 'fan_in'),
    head: rest.head,
    batch: rest.batch,
    views: [{ side, count: 2 }, ...(rest.locals > 0 ? [{ side: side / 2, count: rest.locals }] : [])],
  });
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
  const recipe = findPreset('photos-quick')?.recipe;
  if (!recipe) throw new Error('The preset photos-quick is gone.');
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

function matmul(): MatmulProblem {
  const size = 1024;
  const [a, b] = [noise('matmul a', [size, size]), noise('matmul b', [size, size])];
  return { kind: 'matmul', size, a, b, productFlops: 2 * size ** 3 };
}

/** Makes the workload of that name. */
export const workloads: Readonly<Record<string, () => Problem>> = {
  W1: w1,
  W2: w2,
  W2c: w2c,
  W3: w3,
  W4: w4,
  matmul,
};
