/**
 * From attention to a mask, as in the official `visualize_attention.py`: the patches that together hold a given
 * share of a head's attention, strongest first. The class token's own column has been dropped before, and the
 * rest is normalised again here. Rounded to float32 at the places where PyTorch rounds, so that a patch on the
 * border falls on the same side.
 */

/**
 * Keeps the patches whose ascending cumulated share of the mass exceeds 1 - `threshold`.
 * @param attention [patches] attention of the class token to each patch; any positive scale
 * @param threshold share of the mass to keep, 0 to 1 (the official default is 0.6)
 * @returns [patches] 1 where kept. Nothing is kept when the mass is zero or not a number.
 */
export function attentionMask(attention: ArrayLike<number>, threshold: number): Uint8Array {
  const patches = attention.length;
  const kept = new Uint8Array(patches);
  const order = Int32Array.from({ length: patches }, (_, i) => i);
  order.sort((a, b) => attention[a]! - attention[b]! || a - b);
  let mass = 0;
  for (const i of order) mass += attention[i]!;
  mass = Math.fround(mass);
  const limit = Math.fround(1 - threshold);
  let cumulated = 0;
  for (const i of order) {
    cumulated += Math.fround(attention[i]! / mass);
    if (Math.fround(cumulated) > limit) kept[i] = 1;
  }
  return kept;
}

/** `attentionMask` of every map in [maps, patches], in one array of the same shape. */
export function attentionMasks(attention: Float32Array, patches: number, threshold: number): Uint8Array {
  const masks = new Uint8Array(attention.length);
  for (let start = 0; start < attention.length; start += patches) {
    masks.set(attentionMask(attention.subarray(start, start + patches), threshold), start);
  }
  return masks;
}

/**
 * CLS→patch maps out of whole attention matrices.
 * @param attention [maps, tokens, tokens], tokens = 1 + patches, class token first
 * @returns [maps, patches], not normalised again
 */
export function classTokenAttention(attention: Float32Array, tokens: number): Float32Array {
  const patches = tokens - 1;
  const maps = attention.length / (tokens * tokens);
  const rows = new Float32Array(maps * patches);
  for (let m = 0; m < maps; m++) {
    const start = m * tokens * tokens;
    rows.set(attention.subarray(start + 1, start + tokens), m * patches);
  }
  return rows;
}

/**
 * Nearest-neighbour enlargement of maps [maps, rows, cols] to [maps, rows·factor, cols·factor]: every patch
 * becomes a flat square. Serves masks and heat maps alike.
 */
export function enlargeNearest<T extends Float32Array | Uint8Array>(
  values: T,
  rows: number,
  cols: number,
  factor: number,
): T {
  const height = rows * factor;
  const width = cols * factor;
  const maps = values.length / (rows * cols);
  const enlarged = new (values.constructor as new (length: number) => T)(maps * height * width);
  for (let m = 0; m < maps; m++) {
    for (let y = 0; y < height; y++) {
      const from = (m * rows + Math.floor(y / factor)) * cols;
      const to = (m * height + y) * width;
      for (let x = 0; x < width; x++) enlarged[to + x] = values[from + Math.floor(x / factor)]!;
    }
  }
  return enlarged;
}
