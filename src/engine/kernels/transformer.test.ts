import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startEngine } from '../index';
import { distance, expectTwins, normals } from '../testing/twins';
import { attentionWeights, imagesOf, rowsOf, type TokenGroup } from './attention';
import { groupNormGelu, groupNormGeluComposed } from './groupNorm';
import { l2Normalise, l2NormaliseComposed } from './l2Norm';
import { layerNorm, layerNormComposed } from './layerNorm';
import { perceptron, perceptronComposed } from './perceptron';
import { forceRowKernels, type RowKernel } from './rowKernel';
import { dropPathFactors, dropPathFactorsComposed } from './rowScale';
import { attentionBranch, attentionBranchComposed } from './transformerAttention';
import { mlpBranch, mlpBranchComposed } from './transformerMlp';
import {
  assembleTokens,
  assembleTokensComposed,
  gatherPatches,
  gatherPatchesComposed,
} from './transformerTokens';

/** Each operation against its composed twin: value and every gradient, relative to the norm. */
const normal = normals('transformer tests');
const epsilon = 1e-6;

beforeAll(async () => {
  expect((await startEngine()).backend).toBe('webgpu');
});
beforeEach(() => tf.engine().startScope());
afterEach(() => {
  forceRowKernels(null);
  tf.engine().endScope();
});

const forms: Array<keyof RowKernel> = ['serial', 'parallel'];

describe.each(forms)('rows %s', (form) => {
  beforeEach(() => forceRowKernels(form));

  it.each([
    [1, 3],
    [70, 48],
    [5, 129],
    [1500, 24],
  ])('layer norm and L2 normalisation of %i × %i', async (rows, width) => {
    const x = normal([rows, width]);
    await expectTwins(
      (v, w, b) => layerNorm(v!, w!, b!, epsilon),
      (v, w, b) => layerNormComposed(v!, w!, b!, epsilon),
      [x, normal([width]), normal([width])],
    );
    await expectTwins(
      (v) => l2Normalise(v!),
      (v) => l2NormaliseComposed(v!, 1e-12),
      [x],
    );
    await expectTwins(
      (v, g) => l2Normalise(v!, 1e-30, g!),
      (v, g) => l2NormaliseComposed(v!, 1e-30, g!),
      [x, normal([rows, 1])],
    );
  });

  it('rows shorter than epsilon are only scaled by L2 normalisation, and so is their gradient', async () => {
    const gradient = tf.grad((v: tf.Tensor) => tf.sum(l2Normalise(v, 10)))(tf.tensor2d([[3, 4]]));
    expect(await distance(gradient, tf.tensor2d([[0.1, 0.1]]))).toBeLessThan(1e-6);
  });

  it.each([
    [1, 1, 1, 2, 3],
    [3, 6, 2, 5, 7],
    [2, 32, 8, 16, 16],
  ])('group norm and GELU of %i images of %i channels in %i groups, %i × %i', async (...sizes) => {
    const [batch, channels, groups, height, width] = sizes;
    await expectTwins(
      (x, w, b) => groupNormGelu(x!, w!, b!, groups),
      (x, w, b) => groupNormGeluComposed(x!, w!, b!, groups, 1e-5),
      [tf.add(normal([batch, channels, height, width]), 0.5), normal([channels]), normal([channels])],
    );
  });

  const cases: Array<{ groups: TokenGroup[]; heads: number; d: number }> = [
    { groups: [{ images: 1, tokens: 1 }], heads: 1, d: 5 },
    { groups: [{ images: 2, tokens: 17 }], heads: 3, d: 8 },
    {
      groups: [
        { images: 3, tokens: 65 },
        { images: 5, tokens: 17 },
      ],
      heads: 4,
      d: 12,
    },
    {
      groups: [
        { images: 1, tokens: 5 },
        { images: 2, tokens: 2 },
        { images: 1, tokens: 10 },
      ],
      heads: 2,
      d: 3,
    },
  ];

  describe.each(cases)('blocks over $groups.length groups, $heads heads of $d', ({ groups, heads, d }) => {
    const width = heads * d;

    for (const rows of ['all', 'class'] as const) {
      for (const scaled of [false, true]) {
        const scale = () => normal([rows === 'all' ? rowsOf(groups) : imagesOf(groups)]);
        it(`attention branch, ${rows} rows${scaled ? ', stochastic depth' : ''}`, async () => {
          const options = { epsilon, heads, groups, rows, rowScale: scaled ? scale() : undefined };
          const call =
            (f: typeof attentionBranch) =>
            (...[x, a, b, c, e, g, h]: tf.Tensor[]) =>
              f(
                x!,
                { normWeight: a!, normBias: b!, qkvWeight: c!, projWeight: e!, projBias: g!, qkvBias: h },
                options,
              );
          const inputs = [
            normal([rowsOf(groups), width]),
            normal([width]),
            normal([width]),
            normal([3 * width, width], 0.3),
            normal([width, width], 0.3),
            normal([width]),
          ];
          // The bias of the keys has no gradient but rounding's, so the bias is looked at as a whole.
          await expectTwins(call(attentionBranch), call(attentionBranchComposed), [
            ...inputs,
            normal([3 * width]),
          ]);
          await expectTwins(call(attentionBranch), call(attentionBranchComposed), inputs);
        });
      }
    }

    it.each([false, true])('MLP branch, stochastic depth %s', async (scaled) => {
      const hidden = 4 * width + 1;
      const options = { epsilon, rowScale: scaled ? normal([rowsOf(groups)]) : undefined };
      const call =
        (f: typeof mlpBranch) =>
        (...[x, a, b, c, e, g, h]: tf.Tensor[]) =>
          f(
            x!,
            { normWeight: a!, normBias: b!, fc1Weight: c!, fc1Bias: e!, fc2Weight: g!, fc2Bias: h! },
            options,
          );
      const inputs = [
        normal([rowsOf(groups), width]),
        normal([width]),
        normal([width]),
        normal([hidden, width], 0.3),
        normal([hidden]),
        normal([width, hidden], 0.3),
        normal([width]),
      ];
      await expectTwins(call(mlpBranch), call(mlpBranchComposed), inputs);
    });

    it('factors of stochastic depth', async () => {
      const draws = groups.map(({ images }) => tf.randomUniform([3, images], 0, 1, 'float32', 5));
      for (const each of ['row', 'image'] as const) {
        const ours = dropPathFactors(draws, 1, 0.4, groups, each);
        expect(await distance(ours, dropPathFactorsComposed(draws, 1, 0.4, groups, each))).toBeLessThan(1e-6);
      }
    });

    it.each(['none', 'all', 'but the first'])(
      'tokens from patches, class token and positions, mapped: %s',
      async (mapped) => {
        const trained = groups[0]!.tokens;
        const maps = groups.map(({ tokens }, i) => {
          if (mapped === 'none' || (mapped !== 'all' && i === 0)) return null;
          return normal([tokens, trained]);
        });
        const same = mapped === 'none' ? groups.map(() => groups[0]!) : groups;
        const call =
          (f: typeof assembleTokens) =>
          (...[patches, classToken, positions]: tf.Tensor[]) =>
            f({ patches: patches!, classToken: classToken!, positions: positions! }, same, maps);
        const patches = normal([rowsOf(same) - imagesOf(same), width]);
        const inputs = [patches, normal([1, 1, width]), normal([1, trained, width])];
        // Without patches there is nothing to slice for the twin.
        if (patches.size > 0) await expectTwins(call(assembleTokens), call(assembleTokensComposed), inputs);
      },
    );
  });

  it('attention weights of all queries, and of the class token alone', async () => {
    const group = { images: 2, tokens: 9 };
    const qkv = normal([18, 3 * 6]);
    const shape = { width: 6, heads: 3 };
    const all = attentionWeights(qkv, group, shape, 'all');
    expect(await distance(tf.sum(all, -1), tf.ones([2, 3, 9]))).toBeLessThan(1e-6);
    const first = attentionWeights(qkv, group, shape, 'class');
    expect(await distance(first, tf.slice(all, [0, 0, 0, 0], [2, 3, 1, 9]))).toBeLessThan(1e-6);
  });
});

it.each([
  [1, [3, 2]],
  [7, [5, 9, 4]],
  [300, [24, 33, 17, 6]],
])('perceptron of %i rows through %j', async (rows, widths) => {
  const pairs = widths.slice(1).map((outputs, i) => [normal([outputs, widths[i]!], 0.5), normal([outputs])]);
  const call =
    (f: typeof perceptron) =>
    (...[x, ...rest]: tf.Tensor[]) =>
      f(x!, {
        weights: rest.filter(({ rank }) => rank === 2),
        biases: rest.filter(({ rank }) => rank === 1),
      });
  const inputs = [normal([rows, widths[0]!]), ...pairs.flat()];
  await expectTwins(call(perceptron), call(perceptronComposed), inputs);
});

it('gathers the patches of images of several sizes, cutting what is over', async () => {
  const groups = [normal([2, 3, 8, 8]), normal([1, 3, 5, 11]), normal([3, 3, 4, 4])];
  expect(await distance(gatherPatches(groups, 4), gatherPatchesComposed(groups, 4))).toBe(0);
});
