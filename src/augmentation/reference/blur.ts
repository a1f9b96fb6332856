/**
 * The two blurs: Pillow's "Gaussian", which the official DINO code uses and which is three extended box blurs
 * per axis (Gwosdek et al. 2011, "Theoretical foundations of Gaussian convolution by extended box filtering";
 * Pillow's `BoxBlur.c`, without its rounding to 8 bits after every pass), and torchvision's sampled Gaussian.
 */
import { blank, type Picture } from './picture';

/** A window of 2·`reach` + 1 ones with two outer weights `edge`, divided by its sum. */
export interface BoxWindow {
  reach: number;
  edge: number;
}

/** The window whose variance is a third of radius²: three passes give the whole. */
export function boxWindow(radius: number): BoxWindow {
  const variance = (radius * radius) / 3;
  const reach = Math.floor((Math.sqrt(12 * variance + 1) - 1) / 2);
  const edge = ((2 * reach + 1) * (reach * (reach + 1) - 3 * variance)) / (6 * (variance - (reach + 1) ** 2));
  return { reach, edge };
}

/** Pillow's blur of `radius` pixels; 0 leaves the picture as it is. */
export function boxBlur(picture: Picture, radius: number): Picture {
  if (radius <= 0) return picture;
  const window = boxWindow(radius);
  let result = picture;
  for (let pass = 0; pass < 3; pass++) result = boxPass(result, window, 1, result.width);
  for (let pass = 0; pass < 3; pass++) result = boxPass(result, window, result.width, result.height);
  return result;
}

/** One box blur along the axis of `length` pixels that lie `stride` values apart; edge pixels are repeated. */
function boxPass(picture: Picture, { reach, edge }: BoxWindow, stride: number, length: number): Picture {
  const { data } = picture;
  const result = blank(picture.height, picture.width);
  const scale = 1 / (2 * (reach + edge) + 1);
  for (let i = 0; i < data.length; i++) {
    const position = Math.floor(i / stride) % length;
    const start = i - position * stride;
    const at = (p: number) => data[start + Math.min(length - 1, Math.max(0, p)) * stride]!;
    let sum = edge * (at(position - reach - 1) + at(position + reach + 1));
    for (let offset = -reach; offset <= reach; offset++) sum += at(position + offset);
    result.data[i] = sum * scale;
  }
  return result;
}

/** torchvision's `gaussian_blur`: a sampled Gaussian of `kernel` taps, reflected at the border. */
export function gaussianBlur(picture: Picture, kernel: number, sigma: number): Picture {
  const half = (kernel - 1) / 2;
  const raw = Array.from({ length: kernel }, (_, i) => Math.exp(-0.5 * ((i - half) / sigma) ** 2));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  const weights = raw.map((weight) => weight / sum);
  const along = gaussianPass(picture, weights, 1, picture.width);
  return gaussianPass(along, weights, picture.width, picture.height);
}

function gaussianPass(picture: Picture, weights: number[], stride: number, length: number): Picture {
  const { data } = picture;
  const result = blank(picture.height, picture.width);
  const half = (weights.length - 1) / 2;
  for (let i = 0; i < data.length; i++) {
    const position = Math.floor(i / stride) % length;
    const start = i - position * stride;
    let sum = 0;
    for (let k = 0; k < weights.length; k++) {
      // Reflection without repeating the edge pixel: −1 → 1, length → length − 2.
      const distance = Math.abs(position + k - half);
      const source = distance < length ? distance : 2 * (length - 1) - distance;
      sum += weights[k]! * data[start + source * stride]!;
    }
    result.data[i] = sum;
  }
  return result;
}
