/**
 * What a workload asks of every contender: sizes, starting weights and inputs as plain numbers, drawn from
 * seeded streams, so that all of them compute the same thing from the same bits. Weights carry the names and
 * layouts of the official state dicts; pictures are [B, 3, H, W].
 */
import type { DinoControls } from '../../src/methods/dino/dinoControls';
import type { PawsControls } from '../../src/methods/paws/pawsControls';
import type { DinoHeadConfig } from '../../src/models/dinoHead';
import type { ParameterSpec, ParameterValues } from '../../src/models/parameters';
import type { PawsHeadConfig } from '../../src/models/pawsHead';
import type { SmallCnnConfig } from '../../src/models/smallCnn';
import type { VitConfig } from '../../src/models/vit';
import type { WideResnetConfig } from '../../src/models/wideResnet';
import { randomStream } from '../../src/platform/random';

/** Numbers and their shape, not yet on any device. */
export interface Values {
  shape: number[];
  values: Float32Array<ArrayBuffer>;
}

interface Network {
  specs: readonly ParameterSpec[];
  parameters: ParameterValues;
  /** Floating-point operations of a step that are products of matrices, a multiply-add counting two. */
  productFlops: number;
}

/** One step of mean squared error between CLS features and fixed targets, by SGD with momentum 0.9. */
export interface RegressionProblem extends Network {
  kind: 'regression';
  vit: VitConfig;
  images: Values;
  /** [B, D] */
  targets: Values;
  lr: number;
}

export type TrunkConfig =
  | { kind: 'vit'; config: VitConfig }
  | { kind: 'cnn'; config: SmallCnnConfig }
  | { kind: 'wide_resnet'; config: WideResnetConfig };

/** One DINO step with AdamW; crops of one size in a group, the global ones first, view-major. */
export interface DinoProblem extends Network {
  kind: 'dino';
  trunk: TrunkConfig;
  head: DinoHeadConfig;
  batch: number;
  views: number;
  groups: Values[];
  controls: DinoControls;
}

/** One PAWS step; the first group holds the support views, then the two global views, view-major. */
export interface PawsProblem extends Network {
  kind: 'paws';
  trunk: TrunkConfig;
  head: PawsHeadConfig;
  /** Classes of the classifier on the support's features; 0 = none. */
  classifier: number;
  batch: number;
  views: number;
  groups: Values[];
  /** [S, C] smoothed labels of the support rows, which cycle through the classes. */
  labels: Values;
  controls: PawsControls;
  optimizer: 'adamw' | 'lars';
}

/** Last-layer attention [1, heads, N, N] of one picture. */
export interface AttentionProblem extends Network {
  kind: 'attention';
  vit: VitConfig;
  image: Values;
}

/** The product of two square matrices. */
export interface MatmulProblem {
  kind: 'matmul';
  size: number;
  a: Values;
  b: Values;
  productFlops: number;
}

export type Problem = RegressionProblem | DinoProblem | PawsProblem | AttentionProblem | MatmulProblem;

/** What a contender does with each kind of problem. */
export type Makers<R> = { [K in Problem['kind']]: (problem: Extract<Problem, { kind: K }>) => R };

/** Has the maker of its kind make a problem ready. */
export function makeWith<R>(makers: Makers<R>, problem: Problem): R {
  return (makers[problem.kind] as (problem: Problem) => R)(problem);
}

/** Standard normal numbers of a stream of their own. */
export function noise(name: string, shape: number[]): Values {
  const rng = randomStream(0, name);
  const size = shape.reduce((product, side) => product * side, 1);
  return { shape, values: Float32Array.from({ length: size }, () => rng.normal()) };
}
