/**
 * Features nobody had to learn: small copies of the pictures and colour histograms. k-NN on them is the bar
 * that learned features are held against; on photos sorted by material a histogram is hard to beat.
 */

/**
 * Pictures shrunk to `side` × `side` by averaging areas.
 * @param pixels [count, size, size] packed RGBA (r in the lowest byte)
 * @returns [count, side·side·3] RGB in 0 to 1
 */
export function pixelFeatures(pixels: Uint32Array, count: number, size: number, side = 16): Float32Array {
  const spans = areaSpans(size, side);
  const dim = side * side * 3;
  const features = new Float32Array(count * dim);
  const sums = new Float64Array(dim);
  for (let image = 0; image < count; image++) {
    sums.fill(0);
    for (const { from: y, to: row, weight: vertical } of spans) {
      for (const { from: x, to: col, weight: horizontal } of spans) {
        const rgba = pixels[(image * size + y) * size + x]!;
        const weight = vertical * horizontal;
        const at = (row * side + col) * 3;
        sums[at]! += weight * (rgba & 255);
        sums[at + 1]! += weight * ((rgba >>> 8) & 255);
        sums[at + 2]! += weight * ((rgba >>> 16) & 255);
      }
    }
    for (let j = 0; j < dim; j++) features[image * dim + j] = sums[j]! / 255;
  }
  return features;
}

/**
 * Colour histograms: `bins` equal bins for each of R, G and B, square-rooted, so that the cosine of two of
 * them is the Bhattacharyya coefficient.
 * @returns [count, 3·bins]
 */
export function histogramFeatures(pixels: Uint32Array, count: number, size: number, bins = 8): Float32Array {
  const area = size * size;
  const dim = 3 * bins;
  const features = new Float32Array(count * dim);
  const binOf = Uint8Array.from({ length: 256 }, (_, level) => Math.floor((level * bins) / 256));
  for (let image = 0; image < count; image++) {
    const start = image * dim;
    for (let i = image * area; i < (image + 1) * area; i++) {
      const rgba = pixels[i]!;
      features[start + binOf[rgba & 255]!]!++;
      features[start + bins + binOf[(rgba >>> 8) & 255]!]!++;
      features[start + 2 * bins + binOf[(rgba >>> 16) & 255]!]!++;
    }
    for (let j = start; j < start + dim; j++) features[j] = Math.sqrt(features[j]! / area);
  }
  return features;
}

/**
 * Features [n, dim] less the mean over the given rows (the training images), so that what all pictures share
 * no longer makes them alike.
 * @param rows rows to average; all when left out
 */
export function withoutMean(features: Float32Array, dim: number, rows?: ArrayLike<number>): Float32Array {
  const n = features.length / dim;
  const averaged = rows ?? { length: n };
  const mean = new Float64Array(dim);
  for (let i = 0; i < averaged.length; i++) {
    const start = (rows ? rows[i]! : i) * dim;
    for (let j = 0; j < dim; j++) mean[j]! += features[start + j]! / averaged.length;
  }
  return features.map((value, i) => value - mean[i % dim]!);
}

/** Which of `size` pixels goes into which of `side` cells, and with what weight (weights of a cell add to 1). */
function areaSpans(size: number, side: number): { from: number; to: number; weight: number }[] {
  const spans: { from: number; to: number; weight: number }[] = [];
  const scale = size / side;
  for (let to = 0; to < side; to++) {
    const begin = to * scale;
    const end = begin + scale;
    for (let from = Math.floor(begin); from < Math.min(Math.ceil(end), size); from++) {
      const overlap = Math.min(from + 1, end) - Math.max(from, begin);
      if (overlap > 0) spans.push({ from, to, weight: overlap / scale });
    }
  }
  return spans;
}
