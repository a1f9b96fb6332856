/**
 * From a set that was imported to what is trained on: the pictures that are not left out, their split, and a way
 * to their pixels.
 */
import { PawsaurError } from '../platform/errors';
import type { ImageDataset } from './imageDataset';
import type { PictureIndex } from './importing/pictureIndex';
import { chosenMasks, chosenPixels, type MaskStore, type PixelStore } from './pixelStore';
import { splitRows } from './split';

/** An imported set; `pixels` and `masks` are asked for rows of `index`. */
interface ImportedSet {
  /** null where it is not stored. */
  id: string | null;
  name: string;
  revision: number;
  index: PictureIndex;
  pixels: PixelStore;
  masks: MaskStore | null;
}

/**
 * The pictures of a set that are in use; `seed` draws the held-out ones where nothing names them. Leaving a picture
 * out moves no other one from one side to the other. Closing the stores of the result closes those of the set.
 *
 * Throws 'data/all-left-out' when no picture is left.
 */
export function datasetFromIndex(set: ImportedSet, seed: number): ImageDataset {
  const { id, name, revision, index, pixels, masks } = set;
  const rows = Int32Array.from([...index.excluded.keys()].filter((row) => index.excluded[row] === 0));
  if (rows.length === 0) {
    throw new PawsaurError(
      'data/all-left-out',
      `Every picture of “${name}” is left out.`,
      'Take some in again.',
    );
  }
  const split = splitRows(index, seed);
  const heldOut = Uint8Array.from(rows, (row) => split[row]!);
  // With nothing to train on, what was held out has to do.
  if (!heldOut.includes(0)) heldOut.fill(0);
  const chosen = masks && chosenMasks(masks, rows);
  return {
    set: id,
    revision,
    name,
    kind: 'folder',
    size: index.size,
    count: rows.length,
    pixels: chosenPixels(pixels, rows),
    rows,
    classNames: index.classNames,
    labels: pick(index.labels, rows),
    given: index.given && pick(index.given, rows),
    masks: chosen !== null && rows.some((_, i) => chosen.has(i)) ? chosen : null,
    names: Array.from(rows, (row) => index.names[row]!),
    heldOut,
  };
}

function pick(column: Int32Array, rows: Int32Array): Int32Array {
  return rows.map((row) => column[row]!);
}
