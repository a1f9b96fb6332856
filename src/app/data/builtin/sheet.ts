/** How the pictures of a preview lie side by side, and how one looks with its mask shown. */
import type { BuiltinPreview } from '../../../session/library';

/** Most pictures side by side. */
const mostAcross = 10;
/** How much of its light a pixel keeps where masks are shown and it belongs to none. */
const dimmed = 0.2;

/** Columns of the sheet: every class as often as the others. */
export function columnsFor(classes: number): number {
  return classes * Math.max(1, Math.floor(mostAcross / classes));
}

/** Picture `i` [size, size, 4] RGBA, a copy; with its mask shown, all but the object is dark. */
export function pictureOf({ size, pixels, masks }: BuiltinPreview, i: number, showMask: boolean) {
  const area = size * size;
  const picture = pixels.slice(i * area * 4, (i + 1) * area * 4);
  if (!showMask) return picture;
  for (let at = 0; at < area; at++) {
    if (masks[i * area + at] === 1) continue;
    for (let c = 4 * at; c < 4 * at + 3; c++) picture[c] = dimmed * picture[c]!;
  }
  return picture;
}
