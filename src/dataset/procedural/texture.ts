/**
 * Colours and textures of the built-in sets: HSV colours, bicubic enlargement of small random grids, and
 * the noise made of three such grids.
 */
import type { RandomStream } from '../../platform/random';

/** Red, green and blue in [0, 1]. */
export type Colour = readonly [number, number, number];

/** A colour from hue (turns, any real number), saturation and value in [0, 1]. */
export function hsv(hue: number, saturation: number, value: number): Colour {
  const sixths = (hue - Math.floor(hue)) * 6;
  const channel = (offset: number) => {
    const k = (sixths + offset) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

/** Enlarges a square grid [from, from] to [to, to] bicubically (a = −0.5, cut off at the edges). */
export function enlarge(grid: Float32Array, from: number, to: number): Float32Array {
  const { cells, weights } = bicubicTable(from, to);
  const wide = new Float32Array(from * to);
  for (let row = 0; row < from; row++) {
    for (let x = 0; x < to; x++) {
      let sum = 0;
      for (let tap = 4 * x; tap < 4 * x + 4; tap++) sum += weights[tap]! * grid[row * from + cells[tap]!]!;
      wide[row * to + x] = sum;
    }
  }
  const result = new Float32Array(to * to);
  for (let y = 0; y < to; y++) {
    for (let tap = 4 * y; tap < 4 * y + 4; tap++) {
      const weight = weights[tap]!;
      const row = cells[tap]! * to;
      for (let x = 0; x < to; x++) result[y * to + x]! += weight * wide[row + x]!;
    }
  }
  return result;
}

/** For every target cell the four source cells around it and their weights; outside the grid weight 0. */
interface BicubicTable {
  cells: Int32Array;
  weights: Float64Array;
}

const tables = new Map<string, BicubicTable>();

function bicubicTable(from: number, to: number): BicubicTable {
  const key = `${from} ${to}`;
  const known = tables.get(key);
  if (known) return known;
  const cells = new Int32Array(4 * to);
  const weights = new Float64Array(4 * to);
  for (let target = 0; target < to; target++) {
    const centre = ((target + 0.5) * from) / to;
    const first = Math.floor(centre - 1.5);
    let sum = 0;
    for (let tap = 0; tap < 4; tap++) {
      const cell = first + tap;
      const weight = cell >= 0 && cell < from ? bicubic(cell + 0.5 - centre) : 0;
      cells[4 * target + tap] = Math.max(0, Math.min(from - 1, cell));
      weights[4 * target + tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < 4; tap++) weights[4 * target + tap]! /= sum;
  }
  const table = { cells, weights };
  tables.set(key, table);
  return table;
}

/** Keys' kernel with a = −0.5. */
function bicubic(distance: number): number {
  const d = Math.abs(distance);
  if (d < 1) return (1.5 * d - 2.5) * d * d + 1;
  if (d < 2) return ((-0.5 * d + 2.5) * d - 4) * d + 2;
  return 0;
}

/** Noise in [0, 1] [size, size]: `octaves` enlarged random grids of side coarsest, 2 · coarsest … summed. */
export function noise(random: RandomStream, size: number, octaves: number, coarsest: number): Float32Array {
  const sum = new Float32Array(size * size);
  let weight = 1;
  for (let octave = 0; octave < octaves; octave++) {
    const side = coarsest * 2 ** octave;
    const grid = new Float32Array(side * side);
    for (let i = 0; i < grid.length; i++) grid[i] = random.uniform();
    const layer = enlarge(grid, side, size);
    for (let i = 0; i < sum.length; i++) sum[i]! += weight * layer[i]!;
    weight *= 0.55;
  }
  let lowest = Infinity;
  let highest = -Infinity;
  for (const value of sum) {
    if (value < lowest) lowest = value;
    if (value > highest) highest = value;
  }
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i]! - lowest) / (highest - lowest + 1e-6);
  return sum;
}
