/** How the pictures of a preview lie side by side, and how one looks with its mask shown. */
import type { BuiltinPreview } from '../../../session/library';

/** Most pictures side by side: more could not be told apart in the width of the card. */
const mostAcross = 5;
const lines = 4;

/** How many pictures there are, and where they lie; each class is shown as often as the others. */
interface SheetLayout {
  count: number;
  across: number;
  lines: number;
  /** Column and line of picture `i`, the classes coming in turn. */
  place(i: number): readonly [column: number, line: number];
}

/** Few classes lie side by side, more in two lines, so that every column shows one class, or two in turn. */
export function layoutFor(classes: number): SheetLayout {
  if (classes <= mostAcross) {
    const across = classes * Math.floor(mostAcross / classes);
    return { count: across * lines, across, lines, place: (i) => [i % across, Math.floor(i / across)] };
  }
  const across = Math.ceil(classes / 2);
  const place = (i: number) => {
    const [label, turn] = [i % classes, Math.floor(i / classes)];
    return [label % across, 2 * turn + Math.floor(label / across)] as const;
  };
  return { count: (lines / 2) * classes, across, lines, place };
}

/** How much of its light a pixel keeps where masks are shown and it belongs to none. */
const dimmed = 0.2;

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
