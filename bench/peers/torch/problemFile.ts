/** A problem as the Python script reads it: a line of JSON, then all tensors as float32 numbers. */
import { interpolationMatrix } from '../../../src/models/positionEmbedding';
import { isDecayed } from '../../../src/optimizers/optimizer';
import { type DinoProblem, type Makers, makeWith, type Problem, type Values } from '../../workloads/problem';

/** Bicubic maps of the positions for each size of crop that differs from the trained one. */
function grids({ trunk, groups }: DinoProblem): [string, Values][] {
  if (trunk.kind !== 'vit') return [];
  const { imageSize, patchSize } = trunk.config;
  const trained = imageSize / patchSize;
  return groups.flatMap(({ shape }): [string, Values][] => {
    const side = shape[3] / patchSize;
    if (side === trained) return [];
    const values = new Float32Array(interpolationMatrix(side, side, trained));
    return [[`grid ${side}`, { shape: [side * side, trained * trained], values }]];
  });
}

const groupsOf = ({ groups }: { groups: readonly Values[] }) =>
  groups.map((group, i): [string, Values] => [`group ${i}`, group]);

const inputs: Makers<[string, Values][]> = {
  regression: ({ images, targets }) => [
    ['images', images],
    ['targets', targets],
  ],
  dino: (problem) => [...groupsOf(problem), ...grids(problem)],
  paws: (problem) => [...groupsOf(problem), ['labels', problem.labels]],
  attention: ({ image }) => [['image', image]],
  matmul: ({ a, b }) => [
    ['a', a],
    ['b', b],
  ],
};

/** The file's bytes. */
export function describe(problem: Problem): Buffer {
  const specs = 'specs' in problem ? problem.specs : [];
  const weights = 'parameters' in problem ? problem.parameters : new Map<string, Float32Array>();
  const all: [string, { shape: number[]; values: Float32Array }][] = [
    ...makeWith(inputs, problem),
    ...specs.map(({ name, shape }): [string, { shape: number[]; values: Float32Array }] => [
      name,
      { shape, values: weights.get(name) as Float32Array },
    ]),
  ];
  const tensors: Record<string, [number, number[]]> = {};
  let offset = 0;
  for (const [name, { shape, values }] of all) {
    tensors[name] = [offset, shape];
    offset += values.length;
  }
  const header = {
    ...problem,
    ...('groups' in problem ? { groups: problem.groups.length } : {}),
    ...('labels' in problem ? { labels: null } : {}),
    ...('image' in problem ? { image: null } : {}),
    ...('images' in problem ? { images: null, targets: null } : {}),
    ...('a' in problem ? { a: null, b: null } : {}),
    parameters: null,
    specs: Object.fromEntries(specs.map(({ name, kind }) => [name, kind ?? 'trained'])),
    decayed: specs.filter(({ name, shape }) => isDecayed(name, shape)).map(({ name }) => name),
    tensors,
  };
  const numbers = all.map(([, { values }]) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), ...numbers]);
}
