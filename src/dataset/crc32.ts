/** The checksum of ZIP entries and PNG chunks: CRC-32 of ISO 3309, four bytes at a time. */

/** [4, 256] what a byte does to the checksum when 0, 1, 2 or 3 more bytes follow it. */
const table = new Uint32Array(4 * 256);
for (let byte = 0; byte < 256; byte++) {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  table[byte] = rest;
}
for (let i = 256; i < table.length; i++) {
  const shorter = table[i - 256]!;
  table[i] = (shorter >>> 8) ^ table[shorter & 255]!;
}

/** The checksum of the bytes, unsigned; `before` is that of the bytes before them. */
export function crc32(bytes: Uint8Array, before = 0): number {
  let rest = ~before;
  let i = 0;
  for (; i + 4 <= bytes.length; i += 4) {
    rest ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    rest =
      table[768 + (rest & 255)]! ^
      table[512 + ((rest >>> 8) & 255)]! ^
      table[256 + ((rest >>> 16) & 255)]! ^
      table[rest >>> 24]!;
  }
  for (; i < bytes.length; i++) rest = table[(rest ^ bytes[i]!) & 255]! ^ (rest >>> 8);
  return ~rest >>> 0;
}
