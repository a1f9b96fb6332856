/** The orientation out of EXIF metadata (CIPA DC-008, 4.6.4 A), which lies in a TIFF structure of its own. */

const orientationTag = 0x0112;

/**
 * The orientation, 1 to 8, that the TIFF structure from `start` to `end` states: 1 is upright, 5 to 8 are off by a
 * quarter turn. Metadata that makes no sense states 1.
 */
export function exifOrientation(view: DataView, start: number, end: number): number {
  if (end > view.byteLength || end - start < 8) return 1;
  const little = view.getUint16(start) === 0x4949;
  const directory = start + view.getUint32(start + 4, little);
  if (directory + 2 > end) return 1;
  const entries = view.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > end) return 1;
    if (view.getUint16(entry, little) !== orientationTag) continue;
    const orientation = view.getUint16(entry + 8, little);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
  }
  return 1;
}
