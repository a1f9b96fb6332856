/**
 * Attention as pixels: pure functions from numbers to RGBA, each [size, size, 4] row-major. Every map is scaled to its
 * own strongest patch, as the official visualize_attention.py does, and laid over the darkened picture.
 */

/** Attention grid: `rows` × `cols` patches. */
export interface Grid {
  rows: number;
  cols: number;
}

const night: Rgb = [20, 16, 40];
const darkness = 0.72;
/** Violet of masks on the darkened picture; the same in both themes, as the ground is. */
const violet: Rgb = [167, 139, 250];
const maskStrength = 0.78;

type Rgb = readonly [red: number, green: number, blue: number];
type Colour = readonly [red: number, green: number, blue: number, alpha: number];

/** The `i`-th of pictures laid end to end, not copied. */
export function pictureAt(pictures: Uint8ClampedArray, i: number, size: number): Uint8ClampedArray {
  const area = size * size * 4;
  return pictures.subarray(i * area, (i + 1) * area);
}

/**
 * Colour and opacity of an attention share: from nothing over deep amber to bright yellow.
 * @param share 0 to 1 of the strongest patch
 */
export function heat(share: number): Colour {
  const a = Math.min(1, Math.max(0, share));
  const [red, green, blue] = hslToRgb(30 + 20 * a, 0.95, 0.4 + 0.25 * a);
  return [red, green, blue, a];
}

/** Attention over the darkened picture. @param attention [rows·cols], at least 0 */
export function paintHeat(
  picture: Uint8ClampedArray,
  attention: ArrayLike<number>,
  grid: Grid,
  size: number,
): Uint8ClampedArray<ArrayBuffer> {
  let peak = 0;
  for (let p = 0; p < grid.rows * grid.cols; p++) peak = Math.max(peak, attention[p]!);
  const colours = Array.from({ length: grid.rows * grid.cols }, (_, p) =>
    heat(peak > 0 ? attention[p]! / peak : 0),
  );
  return paintPatches(picture, grid, size, colours);
}

/** A mask over the darkened picture. @param share [rows·cols] 0 to 1, e.g. the share of heads that keep a patch */
export function paintMask(
  picture: Uint8ClampedArray,
  share: ArrayLike<number>,
  grid: Grid,
  size: number,
): Uint8ClampedArray<ArrayBuffer> {
  const colours = Array.from(
    { length: grid.rows * grid.cols },
    (_, p): Colour => [...violet, maskStrength * share[p]!],
  );
  return paintPatches(picture, grid, size, colours);
}

/** Lays each patch's colour over the darkened picture. @param colours [rows·cols] */
function paintPatches(
  picture: Uint8ClampedArray,
  { rows, cols }: Grid,
  size: number,
  colours: readonly Colour[],
): Uint8ClampedArray<ArrayBuffer> {
  // Darkening and blending make one line of a pixel's value, the same all over a patch.
  const slopes = Float32Array.from(colours, (colour) => (1 - darkness) * (1 - colour[3]));
  const offsets = Float32Array.from({ length: 3 * colours.length }, (_, i) => {
    const colour = colours[Math.floor(i / 3)]!;
    return night[i % 3]! * darkness * (1 - colour[3]) + colour[i % 3]! * colour[3];
  });
  const pixels = new Uint8ClampedArray(size * size * 4);
  const columnOf = Uint16Array.from({ length: size }, (_, x) => Math.floor((x * cols) / size));
  let at = 0;
  for (let y = 0; y < size; y++) {
    const first = Math.floor((y * rows) / size) * cols;
    for (let x = 0; x < size; x++, at += 4) {
      const patch = first + columnOf[x]!;
      const slope = slopes[patch]!;
      pixels[at] = slope * picture[at]! + offsets[3 * patch]!;
      pixels[at + 1] = slope * picture[at + 1]! + offsets[3 * patch + 1]!;
      pixels[at + 2] = slope * picture[at + 2]! + offsets[3 * patch + 2]!;
      pixels[at + 3] = 255;
    }
  }
  return pixels;
}

/** Mean over heads of one picture's maps. @param maps [heads, patches] @returns [patches] */
export function headMean(maps: ArrayLike<number>, heads: number, patches: number): Float32Array {
  const mean = new Float32Array(patches);
  for (let head = 0; head < heads; head++) {
    for (let p = 0; p < patches; p++) mean[p]! += maps[head * patches + p]! / heads;
  }
  return mean;
}

/**
 * Outline of a 0/1 mask as an SVG path in units of its cells: the edges between inside and outside.
 * @param mask [rows·cols]
 */
export function outlinePath(mask: ArrayLike<number>, { rows, cols }: Grid): string {
  const inside = (row: number, col: number) =>
    row >= 0 && row < rows && col >= 0 && col < cols && mask[row * cols + col]! > 0;
  let path = '';
  for (let row = 0; row <= rows; row++) {
    for (let col = 0; col <= cols; col++) {
      const here = inside(row, col);
      if (col < cols && here !== inside(row - 1, col)) path += `M${col} ${row}h1`;
      if (row < rows && here !== inside(row, col - 1)) path += `M${col} ${row}v1`;
    }
  }
  return path;
}

function hslToRgb(hue: number, saturation: number, lightness: number): Rgb {
  const strength = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - strength * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
