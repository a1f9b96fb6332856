/**
 * What the kernels of this room share. Each gives a whole crop, or one of its planes, to a workgroup whose
 * lanes walk over the pixels: that needs no division per pixel (software adapters do those one lane at a time),
 * lets a crop that a stage does not touch leave at once, and keeps neighbouring lanes on neighbouring pixels.
 */
import { COLUMNS, column } from '../parameters';

/** Lanes of a workgroup. */
export const LANES = 128;

/** WGSL constants `at_image`, `at_top` … and `COLUMNS`, to read rows of parameters by name. */
export const columnConstants = [
  `const COLUMNS = ${COLUMNS}u;`,
  ...Object.entries(column).map(([name, index]) => `const at_${name} = ${index}u;`),
].join('\n');

/**
 * WGSL: runs `body` for the `x`, `y` of every pixel of a `width` × `height` rectangle that belongs to this
 * lane, in steps of a workgroup.
 */
export function eachPixel(width: string, height: string, body: string): string {
  return `{
    let stepX = ${LANES}u % ${width};
    let stepY = ${LANES}u / ${width};
    var x = lane % ${width};
    var y = lane / ${width};
    while (y < ${height}) {
      ${body}
      x += stepX;
      y += stepY;
      if (x >= ${width}) { x -= ${width}; y++; }
    }
  }`;
}
