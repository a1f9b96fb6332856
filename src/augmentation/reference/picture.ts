/**
 * The reference path of the augmentation: plain TypeScript on float pictures, number for number what
 * torchvision 0.14 computes on float tensors. It is what runs where there is no WebGPU, and what the kernels
 * are compared with.
 */

/** A picture as torch has it: values in [0, 1], [3, height, width] row-major. */
export interface Picture {
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
}

/** An empty picture. */
export function blank(height: number, width: number): Picture {
  return { data: new Float32Array(3 * height * width), height, width };
}

/** A picture of the same size whose values are `f` of the old ones. */
export function mapValues(picture: Picture, f: (value: number, channel: number) => number): Picture {
  const area = picture.height * picture.width;
  const result = blank(picture.height, picture.width);
  for (let i = 0; i < result.data.length; i++) result.data[i] = f(picture.data[i]!, Math.floor(i / area));
  return result;
}

/** Cuts a box out. The neighbours outside it are not seen by what follows. */
export function cut(picture: Picture, top: number, left: number, height: number, width: number): Picture {
  const result = blank(height, width);
  for (let c = 0; c < 3; c++) {
    for (let y = 0; y < height; y++) {
      const from = (c * picture.height + top + y) * picture.width + left;
      result.data.set(picture.data.subarray(from, from + width), (c * height + y) * width);
    }
  }
  return result;
}

/** Mirrors left to right. */
export function flipHorizontally(picture: Picture): Picture {
  const { height, width } = picture;
  const result = blank(height, width);
  for (let row = 0; row < 3 * height; row++) {
    for (let x = 0; x < width; x++) {
      result.data[row * width + x] = picture.data[row * width + width - 1 - x]!;
    }
  }
  return result;
}

/** Picture `index` of packed pictures [n, height, width] (r | g << 8 | b << 16). */
export function unpack(pixels: Uint32Array, index: number, height: number, width: number): Picture {
  const area = height * width;
  const result = blank(height, width);
  for (let i = 0; i < area; i++) {
    const bits = pixels[index * area + i]!;
    for (let c = 0; c < 3; c++) result.data[c * area + i] = ((bits >>> (8 * c)) & 255) / 255;
  }
  return result;
}

/** Packs a picture to 8 bits per channel, rounding; the inverse of `unpack`. */
export function pack(picture: Picture): Uint32Array {
  const area = picture.height * picture.width;
  const level = (i: number) => Math.min(255, Math.max(0, Math.round(picture.data[i]! * 255)));
  return Uint32Array.from(
    { length: area },
    (_, i) => (level(i) | (level(area + i) << 8) | (level(2 * area + i) << 16) | (255 << 24)) >>> 0,
  );
}

/** Limits to [0, 1]. */
export function clamp01(value: number): number {
  return Math.min(1, Math.max(0, value));
}
