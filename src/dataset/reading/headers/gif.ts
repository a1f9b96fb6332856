/** Headers of GIF files (GIF89a specification): the blocks up to the second frame, if there is one. */
import { type HeaderReader, mostSteps, textAt } from './facts';

const extension = 0x21;
const graphicControl = 0xf9;
const application = 0xff;
const frame = 0x2c;

/** Size, transparency and animation. That its colours come from a palette goes for every GIF. */
export const readGifHeader: HeaderReader = (view, facts) => {
  const [width, height] = [view.getUint16(6, true), view.getUint16(8, true)];
  facts.size = { width, height };
  let at = 13 + paletteBytes(view.getUint8(10));
  let frames = 0;
  for (let step = 0; step < mostSteps; step++) {
    const block = view.getUint8(at);
    if (block === extension) {
      const label = view.getUint8(at + 1);
      if (frames === 0 && label === graphicControl && view.getUint8(at + 3) & 1) {
        facts.conversions.add('flattened');
      }
      if (label === application && textAt(view, at + 3, 11) === 'NETSCAPE2.0') {
        // Loops are stated ahead of the frames; a still that states one is taken for an animation.
        facts.conversions.add('first-frame');
        if (frames > 0) return;
      }
      at = afterSubBlocks(view, at + 2);
    } else if (block === frame) {
      if (++frames === 2) {
        facts.conversions.add('first-frame');
        return;
      }
      const covers = view.getUint16(at + 5, true) >= width && view.getUint16(at + 7, true) >= height;
      if (!covers) facts.conversions.add('flattened');
      if (facts.conversions.has('first-frame')) return;
      at = afterSubBlocks(view, at + 11 + paletteBytes(view.getUint8(at + 9)));
    } else return;
  }
};

/** Bytes of the palette that a flags byte announces. */
function paletteBytes(flags: number): number {
  return flags & 0x80 ? 3 << ((flags & 7) + 1) : 0;
}

/** Where sub-blocks that start at `at` end; behind all bytes where there are too many of them. */
function afterSubBlocks(view: DataView, at: number): number {
  for (let step = 0; step < mostSteps; step++) {
    const length = view.getUint8(at);
    at += 1 + length;
    if (length === 0) return at;
  }
  return view.byteLength;
}
