/**
 * The ten outlines of the built-in sets and their anti-aliased masks. Outlines live in a unit frame (the
 * object's radius is 1, y points down); a mask is the share of the 4 × 4 fine pixels of each pixel that the
 * shape touches (so it is half a fine pixel larger on every side, as in the reference generator, whose scores
 * ours are held against).
 */

/** The classes of the built-in sets, in label order. */
export const shapeNames = [
  'star',
  'gear',
  'heart',
  'arrow',
  'cross',
  'crescent',
  'ring',
  'triangle',
  'leaf',
  'fish',
] as const;
/** One of the ten classes. */
export type ShapeName = (typeof shapeNames)[number];

/** Where a shape stands: centre and radius in pixels, tilt in radians, stretch as a factor (1 = none). */
export interface Pose {
  centreX: number;
  centreY: number;
  radius: number;
  tilt: number;
  stretch: number;
}

/** A closed polygon, x and y interleaved. */
type Outline = Float64Array;

/** What a shape is made of: an outline, and a second one cut out of it. */
interface Shape {
  outline: Outline;
  hole?: Outline;
}

const disc = polar(90, () => 1);

const shapes: Record<ShapeName, Shape> = {
  star: { outline: polar(10, (i) => (i % 2 === 0 ? 1 : 0.42), -Math.PI / 2) },
  gear: { outline: polar(32, (i) => (Math.floor(i / 2) % 2 === 0 ? 1 : 0.68)), hole: moved(disc, 0.28) },
  heart: { outline: heart() },
  arrow: {
    outline: Float64Array.of(-0.95, -0.25, 0.15, -0.25, 0.15, -0.7, 1, 0, 0.15, 0.7, 0.15, 0.25, -0.95, 0.25),
  },
  cross: { outline: cross() },
  crescent: { outline: disc, hole: moved(disc, 0.82, 0.42) },
  ring: { outline: disc, hole: moved(disc, 0.55) },
  triangle: { outline: polar(3, () => 1, -Math.PI / 2) },
  leaf: { outline: leaf() },
  fish: { outline: fish() },
};

/** Points of a pixel side that are tested: 4 × 4 points a pixel. */
const subsamples = 4;
/** Most crossings of a row: the gear has 32 edges. */
const maxCrossings = 32;

/** Paints the coverage of `name` at `pose` into `mask` [size, size], values in [0, 1]. */
export function paintShape(name: ShapeName, pose: Pose, size: number, mask: Float32Array): void {
  const fine = size * subsamples;
  const shape = shapes[name];
  const points = placed(shape.outline, pose);
  const outline = rowCrossings(points, fine);
  const hole = shape.hole ? rowCrossings(placed(shape.hole, pose), fine) : null;
  const row = new Uint8Array(fine);
  const [left, right] = extent(points, 0, fine);
  const [top, bottom] = extent(points, 1, fine);
  mask.fill(0);
  for (let fineY = top; fineY < bottom; fineY++) {
    row.fill(0);
    fillRow(row, outline, fineY, 1);
    if (hole) fillRow(row, hole, fineY, 0);
    const start = Math.floor(fineY / subsamples) * size;
    for (let fineX = left; fineX < right; fineX++) {
      if (row[fineX] === 1) mask[start + Math.floor(fineX / subsamples)]! += 1 / subsamples ** 2;
    }
  }
}

/** The outline in fine pixels, stretched, tilted, scaled and moved; half a fine pixel up and left. */
function placed(outline: Outline, pose: Pose): Outline {
  const cos = Math.cos(pose.tilt);
  const sin = Math.sin(pose.tilt);
  const points = new Float64Array(outline.length);
  for (let i = 0; i < outline.length; i += 2) {
    const x = outline[i]! * pose.stretch;
    const y = outline[i + 1]! / pose.stretch;
    points[i] = ((x * cos - y * sin) * pose.radius + pose.centreX) * subsamples - 0.5;
    points[i + 1] = ((x * sin + y * cos) * pose.radius + pose.centreY) * subsamples - 0.5;
  }
  return points;
}

/** The fine rows (axis 1) or columns (axis 0) that an outline can touch: most of a picture it does not. */
function extent(points: Outline, axis: 0 | 1, fine: number): [number, number] {
  let least = Infinity;
  let most = -Infinity;
  for (let i = axis; i < points.length; i += 2) {
    least = Math.min(least, points[i]!);
    most = Math.max(most, points[i]!);
  }
  return [Math.max(0, Math.floor(least) - 1), Math.min(fine, Math.ceil(most) + 2)];
}

/** For every fine row, where the outline crosses the line through its middle, from left to right. */
interface Crossings {
  counts: Uint8Array;
  x: Float64Array;
}

function rowCrossings(points: Outline, rows: number): Crossings {
  const counts = new Uint8Array(rows);
  const x = new Float64Array(rows * maxCrossings);
  for (let i = 0; i < points.length; i += 2) {
    const next = (i + 2) % points.length;
    const descends = points[next + 1]! < points[i + 1]!;
    const [top, bottom] = descends ? [next, i] : [i, next];
    const topY = points[top + 1]!;
    const bottomY = points[bottom + 1]!;
    const slope = (points[bottom]! - points[top]!) / (bottomY - topY);
    const last = Math.min(rows, Math.ceil(bottomY - 0.5));
    for (let row = Math.max(0, Math.ceil(topY - 0.5)); row < last; row++) {
      x[row * maxCrossings + counts[row]!] = points[top]! + slope * (row + 0.5 - topY);
      counts[row]!++;
    }
  }
  for (let row = 0; row < rows; row++) {
    const count = counts[row]!;
    if (count > 0) x.subarray(row * maxCrossings, row * maxCrossings + count).sort();
  }
  return { counts, x };
}

/** Sets the fine pixels between odd and even crossings of this row and the one above, and one more to the right. */
function fillRow(row: Uint8Array, crossings: Crossings, y: number, value: number): void {
  for (let line = Math.max(0, y - 1); line <= y; line++) {
    const start = line * maxCrossings;
    for (let i = start; i + 1 < start + crossings.counts[line]!; i += 2) {
      const from = Math.max(0, Math.ceil(crossings.x[i]! - 0.5));
      row.fill(value, from, Math.max(0, Math.ceil(crossings.x[i + 1]! - 0.5) + 1));
    }
  }
}

function polar(count: number, radius: (i: number) => number, start = 0): Outline {
  const points = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const angle = start + (2 * Math.PI * i) / count;
    points[2 * i] = radius(i) * Math.cos(angle);
    points[2 * i + 1] = radius(i) * Math.sin(angle);
  }
  return points;
}

function moved(outline: Outline, scale: number, x = 0): Outline {
  return outline.map((value, i) => value * scale + (i % 2 === 0 ? x : 0));
}

function heart(): Outline {
  const points = new Float64Array(240);
  for (let i = 0; i < 120; i++) {
    const t = (2 * Math.PI * i) / 120;
    const y = 13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t);
    points[2 * i] = (16 * Math.sin(t) ** 3) / 17;
    points[2 * i + 1] = (2 - y) / 17;
  }
  return points;
}

function cross(): Outline {
  const w = 0.3;
  const corners = [-w, -1, w, -1, w, -w, 1, -w, 1, w, w, w, w, 1, -w, 1, -w, w, -1, w, -1, -w, -w, -w];
  return Float64Array.from(corners, (value) => value * 0.95);
}

function leaf(): Outline {
  const points: number[] = [];
  const height = (u: number) => 0.5 * (1 - u * u) * (1 - 0.25 * u);
  for (let i = 0; i < 60; i++) points.push((2 * i) / 59 - 1, height((2 * i) / 59 - 1));
  for (let i = 59; i >= 0; i--) points.push((2 * i) / 59 - 1, -height((2 * i) / 59 - 1));
  return Float64Array.from(points);
}

/** An ellipse that is open for 0.06 π on either side of its left end, closed by a forked tail. */
function fish(): Outline {
  const points: number[] = [];
  for (let i = -60; i < 60; i++) {
    const t = (2 * Math.PI * i) / 120;
    if (Math.abs(t) < 0.94 * Math.PI) points.push(0.62 * Math.cos(t) + 0.28, 0.44 * Math.sin(t));
  }
  points.push(-0.95, 0.5, -0.7, 0, -0.95, -0.5);
  return Float64Array.from(points);
}
