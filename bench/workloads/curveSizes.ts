/** The scaling curves: along each, one size of a DINO step grows and the others stay. */

/** Sizes of a step. */
export interface Point {
  batch: number;
  /** Side of the global crops, px; the local ones have half of it. */
  side: number;
  depth: number;
}

/** Where the curves cross. */
export const base: Point = { batch: 8, side: 64, depth: 4 };
const along: { [K in keyof Point]: readonly number[] } = {
  batch: [2, 4, 8, 16, 32],
  side: [32, 64, 96, 128],
  depth: [1, 2, 4, 8],
};

/** Names of the points of each curve, in order. */
export const curves = Object.entries(along).map(([size, values]) => ({
  size,
  points: values.map((value) => ({ value, name: `${size} ${value}` })),
}));
