/** Steps of any size: what the frozen workloads and the scaling curves are made of. */
import { dinoParameters } from '../../src/methods/dino/dino';
import { cyclingColumns, labelsMatrix } from '../../src/methods/paws/labelsMatrix';
import { pawsParameters } from '../../src/methods/paws/paws';
import { drawParameters } from '../../src/models/parameters';
import { createTrunk, type Trunk, vitTrunk } from '../../src/models/trunk';
import type { VitConfig } from '../../src/models/vit';
import { randomStream } from '../../src/platform/random';
import type { Recipe } from '../../src/recipe';
import { headFlops, recipeFlops, TRAINED, trunkFlops } from './flops';
import { type DinoProblem, noise, type PawsProblem, type TrunkConfig } from './problem';

/** A plain Vision Transformer of these sizes. */
export const vit = (
  sizes: Pick<VitConfig, 'imageSize' | 'patchSize' | 'embedDim' | 'depth' | 'numHeads'>,
): VitConfig => ({
  mlpRatio: 4,
  qkvBias: true,
  layerNormEpsilon: 1e-6,
  dropPathRate: 0,
  convStem: false,
  ...sizes,
});

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
  const forward = (side: number) => trunkFlops(trunk, side) + headFlops(head);
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

/** The step of a PAWS recipe with ten classes, all of its loss counting. */
export function pawsProblem(name: string, recipe: Recipe, trunk: TrunkConfig): PawsProblem {
  const classes = 10;
  const built = createTrunk(recipe);
  const head = {
    inDim: built.featureDim,
    hiddenDim: recipe.head_hidden_dim,
    outDim: recipe.output_dim,
    usePredHead: recipe.use_pred_head,
  };
  const classifier = recipe.support_ce_weight > 0 ? classes : 0;
  const { batch_size: batch, local_crops_number: locals, optimizer } = recipe;
  if (optimizer === 'sgd') throw new Error('No workload trains PAWS with SGD.');
  const views = 2 + locals;
  const specs = pawsParameters({ trunk: built, head, views, classifier, optimizer: recipe });
  const supports = classes * recipe.supervised_imgs_per_class * recipe.supervised_views;
  const crops = (rows: number, side: number) => noise(`${name} ${side}`, [rows, 3, side, side]);
  const labels = labelsMatrix(cyclingColumns(supports, classes), classes, recipe.label_smoothing);
  return {
    kind: 'paws',
    trunk,
    head,
    classifier,
    batch,
    views,
    optimizer,
    groups: [
      crops(supports + 2 * batch, recipe.global_crops_size),
      ...(locals > 0 ? [crops(locals * batch, recipe.local_crops_size)] : []),
    ],
    labels: { shape: [supports, classes], values: Float32Array.from(labels) },
    controls: {
      lr: recipe.lr / 40,
      weightDecay: recipe.weight_decay,
      clip: recipe.clip_grad,
      temperature: recipe.temperature,
      sharpen: recipe.sharpen,
      pawsWeight: 1,
      meMaxWeight: 1,
      supportCeWeight: recipe.support_ce_weight,
      labelSmoothing: recipe.label_smoothing,
    },
    specs,
    parameters: drawParameters(specs, randomStream(0, name)),
    productFlops: recipeFlops(recipe, classes),
  };
}
