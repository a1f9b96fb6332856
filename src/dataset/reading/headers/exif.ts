/** The orientation out of EXIF metadata (CIPA DC-008, 4.6.4 A), which lies in a TIFF structure of its own. */

const orientationTag = 0x0112;

/**
 * Whether the orientation in the TIFF structure from `start` to `end` turns the picture by a quarter (values 5 to
 * 8). Metadata that makes no sense turns nothing.
 */
export function exifTurns(view: DataView, start: number, end: number): boolean {
  const tiff = new DataView(view.buffer, view.byteOffset + start, Math.max(0, end - start));
  if (tiff.byteLength < 8) return false;
  const little = tiff.getUint16(0) === 0x4949;
  const directory = tiff.getUint32(4, little);
  if (directory + 2 > tiff.byteLength) return false;
  const entries = tiff.getUint16(directory, little);
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + 12 * i;
    if (entry + 12 > tiff.byteLength) return false;
    if (tiff.getUint16(entry, little) !== orientationTag) continue;
    const orientation = tiff.getUint16(entry + 8, little);
    return orientation >= 5 && orientation <= 8;
  }
  return false;
}
