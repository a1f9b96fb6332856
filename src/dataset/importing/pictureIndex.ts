/**
 * What is known of the pictures of a set, apart from their pixels: one column for each fact, one row for each
 * picture, in the order in which the pixels are stored. Rows never move: what is left out is marked.
 */

/** The columns of a set. Names are untrusted text. */
export interface PictureIndex {
  /** Side of the stored squares, px. */
  size: number;
  count: number;
  /** [count] path inside what was chosen. */
  names: string[];
  classNames: string[];
  /** [count] the class that folders or lists name; −1 = none. */
  labels: Int32Array;
  /** [count] the split that folders or lists name: 0 = train, 1 = held out, −1 = nothing said. */
  split: Int8Array;
  /** [count] labels that training may know, where a list told them apart from the classes; else null. */
  given: Int32Array | null;
  /** [count] upright size of the picture that came in, px. */
  widths: Int32Array;
  heights: Int32Array;
  /** [count] row in the file of masks; −1 = no mask. */
  maskRows: Int32Array;
  /** [count, 2] hash of the stored pixels: equal for exact duplicates. */
  exact: Uint32Array;
  /** [count, 2] difference hash of 64 bits (low word first): near duplicates differ in few bits. */
  look: Uint32Array;
  /** [count, 64] 8 × 8 mean grey levels, which confirm that pictures look alike. */
  signature: Uint8Array;
  /** [count] 1 = left out by the person. */
  excluded: Uint8Array;
}
