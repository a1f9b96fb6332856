/**
 * A set as a ZIP archive that a person can look into and that imports again to the same set: its pictures as PNG, in
 * folders by class; `labels.csv`; `masks/`; and `pawsaur.json` for what the others cannot say. Pictures left out are
 * left out here, too.
 */
import { writeCsv } from '../../labels/csvText';
import type { PictureIndex } from '../importing/pictureIndex';
import { writeDescription } from '../importing/setDescription';
import type { MaskStore, PixelStore } from '../pixelStore';
import { exportPaths } from './exportPaths';
import { encodePng } from './png';
import { createZip } from './zipWriter';

/** What is packed. */
export interface PackedSet {
  name: string;
  index: Pick<
    PictureIndex,
    'size' | 'count' | 'names' | 'classNames' | 'labels' | 'split' | 'given' | 'excluded'
  >;
  pixels: PixelStore;
  masks: MaskStore | null;
}

export interface PackOptions {
  /** Called after every picture; ends the packing by throwing. */
  onPicture: (done: number, total: number) => Promise<void>;
}

/** Packs a set. @throws what `onPicture` throws */
export async function packSet(set: PackedSet, { onPicture }: PackOptions): Promise<Blob> {
  const { index, pixels, masks, name } = set;
  const rows = [...index.excluded.keys()].filter((row) => index.excluded[row] === 0);
  const paths = exportPaths(index, rows);
  const zip = createZip();
  const renamed = rows.flatMap((row, i): [string, string][] =>
    paths[i] === index.names[row] ? [] : [[paths[i]!, index.names[row]!]],
  );
  const { size, classNames } = index;
  zip.add('pawsaur.json', writeDescription({ name, size, classNames, renamed }));
  if (
    rows.some((row) => index.labels[row]! >= 0 || index.split[row]! >= 0 || (index.given?.[row] ?? -1) >= 0)
  ) {
    zip.add('labels.csv', labelList(index, rows, paths));
  }
  for (const [i, row] of rows.entries()) {
    zip.add(paths[i]!, encodePng(rgbOf(pixels.take([row])), size, 'rgb'));
    if (masks?.has(row)) {
      zip.add(
        `masks/${paths[i]!}`,
        encodePng(
          masks.take([row]).map((value) => 255 * value),
          size,
          'grey',
        ),
      );
    }
    await onPicture(i + 1, rows.length);
  }
  return zip.finish();
}

/** The classes (`truth`), what training may know of them (`label`, where that is said), and the split. */
function labelList(
  { classNames, labels, given, split }: PackedSet['index'],
  rows: readonly number[],
  paths: readonly string[],
): string {
  const nameOf = (label: number) => classNames[label] ?? '';
  const halves = new Map([
    [0, 'train'],
    [1, 'held-out'],
  ]);
  return writeCsv(
    ['picture', ...(given === null ? [] : ['label']), 'split', 'truth'],
    rows.map((row, i) => [
      paths[i]!,
      ...(given === null ? [] : [nameOf(given[row]!)]),
      halves.get(split[row]!) ?? '',
      nameOf(labels[row]!),
    ]),
  );
}

function rgbOf(packed: Uint32Array): Uint8Array {
  const rgb = new Uint8Array(packed.length * 3);
  for (let i = 0; i < packed.length; i++) {
    const pixel = packed[i]!;
    rgb[3 * i] = pixel & 255;
    rgb[3 * i + 1] = (pixel >>> 8) & 255;
    rgb[3 * i + 2] = (pixel >>> 16) & 255;
  }
  return rgb;
}
