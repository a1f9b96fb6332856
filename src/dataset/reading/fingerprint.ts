/**
 * What duplicates are found by: a hash of the stored pixels, which is equal for equal pictures only (as good as),
 * a difference hash, which changes in few bits where a picture was scaled, saved again or touched up (N. Krawetz,
 * "Kind of Like That", 2013), and mean grey levels, which confirm what the difference hash found.
 */

/** The columns `exact`, `look` and `signature` of `PictureIndex` for one picture: 2, 2 and 64 numbers. */
export interface Fingerprint {
  exact: Uint32Array;
  look: Uint32Array;
  signature: Uint8Array;
}

/** The fingerprint of a square [side, side, 3]. */
export function fingerprint(rgb: Uint8Array, side: number): Fingerprint {
  const grey = greyLevels(rgb);
  const look = new Uint32Array(2);
  const cells = cellMeans(grey, side, 9, 8);
  for (let bit = 0; bit < 64; bit++) {
    const cell = Math.floor(bit / 8) * 9 + (bit % 8);
    if (cells[cell]! < cells[cell + 1]!) look[bit >>> 5]! |= 1 << (bit & 31);
  }
  return { exact: hash64(rgb), look, signature: Uint8Array.from(cellMeans(grey, side, 8, 8), Math.round) };
}

/** Luma of each pixel (ITU-R BT.601), 0 to 255. */
export function greyLevels(rgb: Uint8Array): Float32Array {
  const grey = new Float32Array(rgb.length / 3);
  for (let i = 0; i < grey.length; i++) {
    grey[i] = 0.299 * rgb[3 * i]! + 0.587 * rgb[3 * i + 1]! + 0.114 * rgb[3 * i + 2]!;
  }
  return grey;
}

/** [down, across] means of a square's cells; a pixel on the border of two cells counts for the first. */
function cellMeans(grey: Float32Array, side: number, across: number, down: number): Float32Array {
  const sums = new Float32Array(across * down);
  const counts = new Float32Array(across * down);
  for (let y = 0; y < side; y++) {
    const row = Math.floor((y * down) / side) * across;
    for (let x = 0; x < side; x++) {
      const cell = row + Math.floor((x * across) / side);
      sums[cell]! += grey[y * side + x]!;
      counts[cell]! += 1;
    }
  }
  return sums.map((sum, cell) => sum / Math.max(1, counts[cell]!));
}

/** Two multiplicative hashes of 32 bits over the same bytes, each mixed at the end as MurmurHash3 does. */
function hash64(bytes: Uint8Array): Uint32Array {
  let a = 0x9e3779b9;
  let b = 0x7f4a7c15;
  for (const byte of bytes) {
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul((b << 5) ^ (b >>> 27) ^ byte, 0x85ebca6b);
  }
  return Uint32Array.of(mixed(a), mixed(b));
}

function mixed(hash: number): number {
  let mixing = hash ^ (hash >>> 16);
  mixing = Math.imul(mixing, 0x85ebca6b);
  mixing ^= mixing >>> 13;
  mixing = Math.imul(mixing, 0xc2b2ae35);
  return (mixing ^ (mixing >>> 16)) >>> 0;
}
