/**
 * RandomResizedCrop: which box of a picture becomes a view.
 * Follows torchvision 0.14, `transforms.RandomResizedCrop.get_params`: the share of the area is uniform, the
 * aspect ratio log-uniform, sides are rounded half to even, and after ten boxes that do not fit the largest
 * central one within the ratio range is taken. Two readings differ from the obvious: a box may be as large as
 * the picture, and the draws of rejected attempts are used up.
 */

/** A box in pixels of the stored picture; rows `top … top + height − 1`. */
export interface Box {
  top: number;
  left: number;
  height: number;
  width: number;
}

/** Where the numbers come from: a random stream, or the recorded draws of a golden file. */
export interface CropDraws {
  /** Share of the picture's area. */
  area(): number;
  /** Natural logarithm of width / height. */
  logRatio(): number;
  /** Integer in [0, n), drawn for top and then for left. */
  integer(n: number): number;
}

/** width / height of a view lies between these. */
export const RATIO_RANGE: readonly [number, number] = [3 / 4, 4 / 3];

const ATTEMPTS = 10;

/**
 * The box of one view of a `height` × `width` picture, with the attempts it took; `accepted` is false when
 * none of ten drawn boxes fitted and the central one was taken.
 */
export function randomResizedCrop(
  height: number,
  width: number,
  draws: CropDraws,
  ratio: readonly [number, number] = RATIO_RANGE,
): Box & { attempts: number; accepted: boolean } {
  for (let attempts = 1; attempts <= ATTEMPTS; attempts++) {
    const area = height * width * draws.area();
    // The official code takes the exponential in single precision, which can move a side by one pixel.
    const aspect = Math.fround(Math.exp(draws.logRatio()));
    const boxWidth = roundHalfEven(Math.sqrt(area * aspect));
    const boxHeight = roundHalfEven(Math.sqrt(area / aspect));
    if (boxWidth > 0 && boxWidth <= width && boxHeight > 0 && boxHeight <= height) {
      const top = draws.integer(height - boxHeight + 1);
      const left = draws.integer(width - boxWidth + 1);
      return { top, left, height: boxHeight, width: boxWidth, attempts, accepted: true };
    }
  }
  return { ...centralBox(height, width, ratio), attempts: ATTEMPTS, accepted: false };
}

/** The largest central box whose width / height lies within `ratio`. */
function centralBox(height: number, width: number, [low, high]: readonly [number, number]): Box {
  const whole = width / height;
  const boxWidth = whole > high ? roundHalfEven(height * high) : width;
  const boxHeight = whole < low ? roundHalfEven(width / low) : height;
  return {
    top: Math.floor((height - boxHeight) / 2),
    left: Math.floor((width - boxWidth) / 2),
    height: boxHeight,
    width: boxWidth,
  };
}

/** Rounds as Python does: 2.5 → 2, 3.5 → 4. */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  const rest = x - floor;
  if (rest !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}
