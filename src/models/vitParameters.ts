/**
 * Size and parameters of the official DINO's Vision Transformer (facebookresearch/dino, vision_transformer.py), and
 * of the documented convolutional stem (Xiao et al. 2021) in place of the patch projection.
 */
import { stemChannels } from '../recipe';
import { convolutionInit, type InitScheme, linearInit, ones, type ParameterSpec, zeros } from './parameters';

export interface VitConfig {
  /** Side of the square images whose patch grid the position embedding is trained on, px. */
  imageSize: number;
  patchSize: number;
  embedDim: number;
  depth: number;
  numHeads: number;
  mlpRatio: number;
  qkvBias: boolean;
  layerNormEpsilon: number;
  /** Stochastic depth of the last block; grows linearly from 0 in the first. */
  dropPathRate: number;
  convStem: boolean;
}

function embeddingSpecs(config: VitConfig): ParameterSpec[] {
  const { patchSize, embedDim } = config;
  if (!config.convStem) {
    const init = convolutionInit(3 * patchSize ** 2);
    return [
      { name: 'patch_embed.proj.weight', shape: [embedDim, 3, patchSize, patchSize], init },
      { name: 'patch_embed.proj.bias', shape: [embedDim], init },
    ];
  }
  const specs: ParameterSpec[] = [];
  const [input, ...channels] = stemChannels(embedDim, patchSize);
  let inputs = input as number;
  channels.forEach((outputs, i) => {
    specs.push(
      {
        name: `patch_embed.stem.${i}.conv.weight`,
        shape: [outputs, inputs, 3, 3],
        init: convolutionInit(9 * inputs),
      },
      { name: `patch_embed.stem.${i}.norm.weight`, shape: [outputs], init: ones },
      { name: `patch_embed.stem.${i}.norm.bias`, shape: [outputs], init: zeros },
    );
    inputs = outputs;
  });
  const init = convolutionInit(inputs);
  return [
    ...specs,
    { name: 'patch_embed.proj.weight', shape: [embedDim, inputs, 1, 1], init },
    { name: 'patch_embed.proj.bias', shape: [embedDim], init },
  ];
}

/**
 * The parameters in official order. `fan_in` draws linear weights with 1/√in, positions and CLS with 0.2, and
 * divides what is added to the residual stream by √(2·depth): heads start out different from each other.
 */
export function vitParameters(config: VitConfig, scheme: InitScheme): ParameterSpec[] {
  const { embedDim, depth } = config;
  const side = Math.floor(config.imageSize / config.patchSize);
  const hidden = Math.floor(embedDim * config.mlpRatio);
  const tokenInit = { kind: 'normal', std: scheme === 'official' ? 0.02 : 0.2 } as const;
  const residual = (inputs: number) => {
    const init = linearInit(scheme, inputs);
    if (scheme === 'official' || init.kind !== 'normal') return init;
    return { ...init, std: init.std / Math.sqrt(2 * depth) };
  };
  const norm = (name: string): ParameterSpec[] => [
    { name: `${name}.weight`, shape: [embedDim], init: ones },
    { name: `${name}.bias`, shape: [embedDim], init: zeros },
  ];
  const blocks = Array.from({ length: depth }, (_, i): ParameterSpec[] => {
    const at = `blocks.${i}`;
    const qkvBias: ParameterSpec = { name: `${at}.attn.qkv.bias`, shape: [3 * embedDim], init: zeros };
    return [
      ...norm(`${at}.norm1`),
      { name: `${at}.attn.qkv.weight`, shape: [3 * embedDim, embedDim], init: linearInit(scheme, embedDim) },
      ...(config.qkvBias ? [qkvBias] : []),
      { name: `${at}.attn.proj.weight`, shape: [embedDim, embedDim], init: residual(embedDim) },
      { name: `${at}.attn.proj.bias`, shape: [embedDim], init: zeros },
      ...norm(`${at}.norm2`),
      { name: `${at}.mlp.fc1.weight`, shape: [hidden, embedDim], init: linearInit(scheme, embedDim) },
      { name: `${at}.mlp.fc1.bias`, shape: [hidden], init: zeros },
      { name: `${at}.mlp.fc2.weight`, shape: [embedDim, hidden], init: residual(hidden) },
      { name: `${at}.mlp.fc2.bias`, shape: [embedDim], init: zeros },
    ];
  });
  return [
    { name: 'cls_token', shape: [1, 1, embedDim], init: tokenInit },
    { name: 'pos_embed', shape: [1, 1 + side * side, embedDim], init: tokenInit },
    ...embeddingSpecs(config),
    ...blocks.flat(),
    ...norm('norm'),
  ];
}

/** Rows of uniform draws that stochastic depth needs: two per block whose rate is not 0. */
export function dropPathCalls({ depth, dropPathRate }: VitConfig): number {
  return dropPathRate > 0 ? 2 * (depth - 1) : 0;
}
