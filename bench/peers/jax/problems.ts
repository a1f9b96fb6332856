/** The workloads in jax-js, each whole step under `jit`. */
import { jit, numpy as np, tree, valueAndGrad } from '@jax-js/jax';
import type { Runner } from '../../contender';
import {
  type AttentionProblem,
  type Makers,
  type MatmulProblem,
  makeWith,
  type Problem,
  type RegressionProblem,
} from '../../workloads/problem';
import { dinoRunner } from './dino';
import { reader, type Tree } from './layers';
import { take, upload, uploadNetwork } from './network';
import { pawsRunner } from './paws';
import { vitAttention, vitFeatures } from './vit';

const MOMENTUM = 0.9;

function regressionRunner({ vit, images, targets, lr, specs, parameters }: RegressionProblem): Runner {
  const [pixels, wanted] = [upload(images), upload(targets)];
  const loss = (network: Tree, inputs: np.Array, goal: np.Array): np.Array => {
    const features = vitFeatures(reader(network), vit, inputs);
    tree.dispose(network);
    return np.mean(np.square(features.sub(goal)));
  };
  const step = jit((network: Tree, buffers: Tree, inputs: np.Array, goal: np.Array) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(network), inputs, goal);
    const moved: Tree = {};
    const updated: Tree = {};
    for (const name of Object.keys(network)) {
      moved[name] = buffers[name].mul(MOMENTUM).add((gradients as Tree)[name]);
      updated[name] = network[name].sub(moved[name].ref.mul(lr));
    }
    return { value, updated, moved };
  });
  let network = uploadNetwork(specs, parameters);
  let buffers: Tree = Object.fromEntries(
    Object.entries(network).map(([name, { shape }]) => [name, np.zeros(shape)]),
  );
  return {
    step: () => {
      const { value, updated, moved } = step(network, buffers, pixels.ref, wanted.ref);
      [network, buffers] = [updated, moved];
      return take(value);
    },
    dispose: () => {
      tree.dispose([network, buffers, pixels, wanted]);
      step.dispose();
    },
  };
}

function attentionRunner({ vit, image, specs, parameters }: AttentionProblem): Runner {
  const network = uploadNetwork(specs, parameters);
  const input = upload(image);
  const forward = jit((weights: Tree, pixels: np.Array) => {
    const map = vitAttention(reader(weights), vit, pixels);
    tree.dispose(weights);
    return map;
  });
  return {
    step: () => take(forward(tree.ref(network), input.ref)),
    dispose: () => {
      tree.dispose([network, input]);
      forward.dispose();
    },
  };
}

function matmulRunner({ a, b, size }: MatmulProblem): Runner {
  const [left, right] = [upload(a), upload(b)];
  const product = jit((x: np.Array, y: np.Array) => np.matmul(x, y));
  return {
    step: () => take(product(left.ref, right.ref).slice([size - 1, size])),
    dispose: () => {
      tree.dispose([left, right]);
      product.dispose();
    },
  };
}

const makers: Makers<Runner | null> = {
  regression: regressionRunner,
  dino: dinoRunner,
  paws: pawsRunner,
  attention: attentionRunner,
  matmul: matmulRunner,
};

/** Makes a problem ready in jax-js; null where it is not expressed. */
export const prepareJax = (problem: Problem): Runner | null => makeWith(makers, problem);
