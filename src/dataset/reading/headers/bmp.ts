/** Headers of Windows bitmaps: BITMAPCOREHEADER (12 bytes), BITMAPINFOHEADER (40) and its successors. */
import type { HeaderReader } from './facts';

/** Size, palette and transparency. */
export const readBmpHeader: HeaderReader = (view, facts) => {
  const headerSize = view.getUint32(14, true);
  const core = headerSize === 12;
  const size = core
    ? { width: view.getUint16(18, true), height: view.getUint16(20, true) }
    : { width: Math.abs(view.getInt32(18, true)), height: Math.abs(view.getInt32(22, true)) };
  const bits = view.getUint16(core ? 24 : 28, true);
  if (bits <= 8) facts.conversions.add('palette');
  // From BITMAPV3INFOHEADER on there is a mask of the bits that are alpha.
  if (bits === 32 && headerSize >= 56 && view.getUint32(66, true) !== 0) facts.conversions.add('flattened');
  facts.size = size;
};
