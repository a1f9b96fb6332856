/** Products of matrices in a step, counted from the sizes: what a step would cost if nothing else did. */
import type { DinoHeadConfig } from '../../src/models/dinoHead';
import type { SmallCnnConfig } from '../../src/models/smallCnn';
import type { VitConfig } from '../../src/models/vit';

/** A forward pass of one picture of `side` pixels through a Vision Transformer. */
export function vitFlops({ patchSize, embedDim, depth, mlpRatio }: VitConfig, side: number): number {
  const patches = Math.floor(side / patchSize) ** 2;
  const tokens = patches + 1;
  const linear = 2 * tokens * embedDim * embedDim * (4 + 2 * mlpRatio);
  const attention = 4 * tokens * tokens * embedDim;
  return 2 * patches * 3 * patchSize ** 2 * embedDim + depth * (linear + attention);
}

/** A forward pass of one picture of `side` pixels through the small convolutional network. */
export function cnnFlops({ width, blocks }: SmallCnnConfig, side: number): number {
  let map = Math.ceil(side / 2);
  let flops = 2 * map * map * 27 * width;
  for (let i = 0; i < blocks; i++) {
    const inputs = width * 2 ** i;
    map = Math.ceil(map / 2);
    flops += 2 * map * map * 2 * inputs * (9 * inputs + 18 * inputs + inputs);
  }
  return flops;
}

/** A forward pass of one feature through the projection head. */
export function headFlops({ inDim, hiddenDim, bottleneckDim, nLayers, outDim }: DinoHeadConfig): number {
  const widths = [inDim, ...Array<number>(nLayers - 1).fill(hiddenDim), bottleneckDim, outDim];
  return widths.slice(1).reduce((sum, outputs, i) => sum + 2 * widths[i] * outputs, 0);
}

/** Forward and backward together: the gradients of a product are two products. */
export const TRAINED = 3;
