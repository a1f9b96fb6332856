/**
 * From images to the packed tokens of a Vision Transformer: patches of all images, whatever their size, as rows of
 * pixels, and the tokens [class, patches + positions] of all images, one group of equal images after the other.
 */
import * as tf from '@tensorflow/tfjs-core';
import { webgpu } from '../backend';
import { defineKernel } from '../kernel';
import { placed, rowsOf, type TokenGroup } from './attention';
import { fused } from './fused';
import { gemm } from './gemm';

/** A thread copies one line of pixels of one patch; the lines of a row lie in order (channel, y). */
const patchKernel = defineKernel({
  name: 'gather_patches',
  reads: ['images'],
  writes: ['rows'],
  uniforms: ['side', 'width', 'height', 'gridColumns', 'cells', 'firstRow'],
  body: `
  let lines = 3u * u.side;
  let cell = index / lines;
  let line = index - cell * lines;
  let channel = line / u.side;
  let image = cell / u.cells;
  let place = cell - image * u.cells;
  let down = place / u.gridColumns;
  let y = down * u.side + line - channel * u.side;
  let x = (place - down * u.gridColumns) * u.side;
  let from_ = ((image * 3u + channel) * u.height + y) * u.width + x;
  let to = (u.firstRow * lines + index) * u.side;
  for (var i = 0u; i < u.side; i++) { rows[to + i] = images[from_ + i]; }`,
});

/** The grid of whole patches of images [B, 3, H, W]; what is over at the right and bottom is left out. */
export function patchGrid(images: tf.Tensor, patch: number): { rows: number; columns: number } {
  const [, , height, width] = images.shape as [number, number, number, number];
  return { rows: Math.floor(height / patch), columns: Math.floor(width / patch) };
}

/** The same in plain tfjs operations, with a gradient: fallback, and oracle of the kernel's test. */
export function gatherPatchesComposed(groups: readonly tf.Tensor[], patch: number): tf.Tensor {
  const parts = groups.map((images) => {
    const batch = images.shape[0] as number;
    const { rows, columns } = patchGrid(images, patch);
    const cut = tf.slice(images, [0, 0, 0, 0], [batch, 3, rows * patch, columns * patch]);
    // [B, 3, rows, p, columns, p] → [B, rows, columns, 3, p, p]: in conv2d's order
    const split = tf.reshape(cut, [batch, 3, rows, patch, columns, patch]);
    return tf.reshape(tf.transpose(split, [0, 2, 4, 1, 3, 5]), [batch * rows * columns, 3 * patch * patch]);
  });
  return parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts);
}

/** Images [B, 3, H, W] of every group → pixels [patches in all, 3·patch²], a row for each patch. No gradient. */
export function gatherPatches(groups: readonly tf.Tensor[], patch: number): tf.Tensor {
  const backend = webgpu();
  if (!backend) return gatherPatchesComposed(groups, patch);
  const grids = groups.map((images) => patchGrid(images, patch));
  const counts = groups.map((images, i) => {
    const { rows, columns } = grids[i] as { rows: number; columns: number };
    return (images.shape[0] as number) * rows * columns;
  });
  const total = counts.reduce((sum, n) => sum + n, 0);
  const rows = backend.allocate([total, 3 * patch * patch]);
  let firstRow = 0;
  for (const [i, images] of groups.entries()) {
    const [, , height, width] = images.shape as [number, number, number, number];
    const { rows: down, columns } = grids[i] as { rows: number; columns: number };
    const count = counts[i] as number;
    const uniforms = { side: patch, width, height, gridColumns: columns, cells: down * columns, firstRow };
    backend.dispatch(patchKernel, [images], [rows], uniforms, count * 3 * patch);
    firstRow += count;
  }
  return rows;
}

export interface TokenParts {
  /** [patches in all, D] */
  patches: tf.Tensor;
  /** D numbers. */
  classToken: tf.Tensor;
  /** [1, P, D], the class token's position first. */
  positions: tf.Tensor;
}

/** Positions through a linear map [targets, P]: [1, P, D] → [1, targets, D]; no gradient of its own. */
function mapPositions(positions: tf.Tensor, map: tf.Tensor): tf.Tensor {
  const [targets, sources] = map.shape as [number, number];
  const width = positions.size / sources;
  const rows = { row: width, column: 1 };
  const product = { rows: targets, columns: width, depth: sources };
  return gemm([1, targets, width], product, map, { row: sources, column: 1 }, positions, rows);
}

/** The gradient of `mapPositions`, added to what came by other ways. */
function mapPositionsGradient(dy: tf.Tensor, map: tf.Tensor, others: tf.Tensor | null): tf.Tensor {
  const [targets, sources] = map.shape as [number, number];
  const width = dy.size / targets;
  const rows = { row: width, column: 1 };
  const product = { rows: sources, columns: width, depth: targets };
  const epilogue = others ? { residual: others } : {};
  return gemm([1, sources, width], product, map, { row: 1, column: sources }, dy, rows, epilogue);
}

/** The same in plain tfjs operations. */
export function mapPositionsComposed(positions: tf.Tensor, map: tf.Tensor | null): tf.Tensor {
  if (!map) return positions;
  const [targets, sources] = map.shape as [number, number];
  const flat = tf.reshape(positions, [sources, positions.size / sources]) as tf.Tensor2D;
  return tf.reshape(tf.matMul(map as tf.Tensor2D, flat), [1, targets, positions.size / sources]);
}

/** A thread keeps one (token, column) and runs over the images: no divisions, and neighbours read neighbours. */
const assembleKernel = defineKernel({
  name: 'assemble_tokens',
  reads: ['patches', 'classToken', 'places'],
  writes: ['tokens'],
  uniforms: ['images', 'width', 'firstPatch', 'firstRow'],
  body: `
  let position = places[index];
  let perImage = u.count - u.width;
  for (var image = 0u; image < u.images; image++) {
    var own = 0.0;
    if (index < u.width) { own = classToken[index]; }
    else { own = patches[u.firstPatch * u.width + image * perImage + index - u.width]; }
    tokens[u.firstRow * u.width + image * u.count + index] = own + position;
  }`,
});

/** Hands dL/d tokens on: to the patches, and summed over the images to positions and class token. */
const takeApartKernel = defineKernel({
  name: 'assemble_tokens_gradient',
  reads: ['dTokens'],
  writes: ['dPatches', 'dClass', 'dPlaces'],
  uniforms: ['images', 'width', 'firstPatch', 'firstRow'],
  body: `
  let perImage = u.count - u.width;
  var sum = 0.0;
  for (var image = 0u; image < u.images; image++) {
    let g = dTokens[u.firstRow * u.width + image * u.count + index];
    sum += g;
    if (index >= u.width) { dPatches[u.firstPatch * u.width + image * perImage + index - u.width] = g; }
  }
  dPlaces[index] = sum;
  // Groups come in order, the first from row 0.
  if (index < u.width) { dClass[index] = select(dClass[index] + sum, sum, u.firstRow == 0u); }`,
});

/** The same in plain tfjs operations: fallback on other backends and oracle of the kernel's test. */
export function assembleTokensComposed(
  { patches, classToken, positions }: TokenParts,
  groups: readonly TokenGroup[],
  maps: ReadonlyArray<tf.Tensor | null>,
): tf.Tensor {
  const width = classToken.size;
  const parts = placed(groups).map(({ images, tokens, firstRow, firstImage }, i) => {
    const first = firstRow - firstImage;
    const own = tf.slice(patches, [first, 0], [images * (tokens - 1), width]);
    const withClass = tf.concat(
      [
        tf.tile(tf.reshape(classToken, [1, 1, width]), [images, 1, 1]),
        tf.reshape(own, [images, tokens - 1, width]),
      ],
      1,
    );
    const places = mapPositionsComposed(positions, maps[i] ?? null);
    return tf.reshape(tf.add(withClass, places), [images * tokens, width]);
  });
  return parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts);
}

/**
 * The tokens that enter block 0: [R, D], of each image the class token and then its patches.
 * @param maps per group the linear map [tokens, P] from the positions that are trained to its own; null for none
 */
export function assembleTokens(
  parts: TokenParts,
  groups: readonly TokenGroup[],
  maps: ReadonlyArray<tf.Tensor | null>,
): tf.Tensor {
  const backend = webgpu();
  if (!backend) return assembleTokensComposed(parts, groups, maps);
  const width = parts.classToken.size;
  const each = (run: (i: number, count: number, uniforms: Record<string, number>) => void) => {
    for (const [i, { images, tokens, firstRow, firstImage }] of placed(groups).entries()) {
      run(i, tokens * width, { images, width, firstRow, firstPatch: firstRow - firstImage });
    }
  };
  return fused(
    parts,
    ({ patches, classToken, positions }) => {
      const value = backend.allocate([rowsOf(groups), width]);
      each((i, count, uniforms) => {
        const map = maps[i];
        const places = map ? mapPositions(positions, map) : positions;
        backend.dispatch(assembleKernel, [patches, classToken, places], [value], uniforms, count);
      });
      // The maps too: the forward pass frees its own before the gradient is taken.
      return { value, saved: { maps: maps.filter((map) => map !== null) } };
    },
    (dy, saved) => {
      const patches = backend.allocate(parts.patches.shape);
      const classToken = backend.allocate(parts.classToken.shape);
      const own = groups.map(({ tokens }) => backend.allocate([1, tokens, width]));
      each((i, count, uniforms) => {
        const writes = [patches, classToken, own[i] as tf.Tensor];
        backend.dispatch(takeApartKernel, [dy], writes, uniforms, count);
      });
      // Groups without a map first: each later sum takes the one before it along.
      const [plain, mapped] = [own.filter((_, i) => !maps[i]), own.filter((_, i) => maps[i])];
      let positions = plain.length > 1 ? tf.addN(plain) : (plain[0] ?? null);
      for (const [i, d] of mapped.entries()) {
        positions = mapPositionsGradient(d, saved.maps[i] as tf.Tensor, positions);
      }
      return { patches, classToken, positions: positions as tf.Tensor };
    },
  );
}
