/** Headers of WebP files (RFC 9649): the first chunk. */
import { type HeaderReader, textAt } from './facts';

/** Bits of the flags of VP8X. */
const flags = { animation: 0x02, alpha: 0x10 } as const;

/** Size, transparency and animation. */
export const readWebpHeader: HeaderReader = (view, facts) => {
  const kind = textAt(view, 12, 4);
  if (kind === 'VP8 ') {
    facts.size = { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  } else if (kind === 'VP8L') {
    const bits = view.getUint32(21, true);
    if ((bits >>> 28) & 1) facts.conversions.add('flattened');
    facts.size = { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  } else if (kind === 'VP8X') {
    const said = view.getUint8(20);
    if (said & flags.animation) facts.conversions.add('first-frame');
    if (said & flags.alpha) facts.conversions.add('flattened');
    const side = (at: number) => (view.getUint16(at, true) | (view.getUint8(at + 2) << 16)) + 1;
    facts.size = { width: side(24), height: side(27) };
  }
};
