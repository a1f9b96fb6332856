/**
 * IDX, the format of MNIST and its relatives (LeCun, Cortes & Burges, http://yann.lecun.com/exdb/mnist/): a mark with the
 * type and the number of dimensions, the dimensions (big-endian), the bytes. Pictures are grey; labels lie in a file of
 * their own, whose name differs by one word.
 */
import { leafOf } from './paths';
import type { RawSet } from './rawSet';
import { readRange, recordReader } from './records';
import { SourceError } from './source';

const pictureMark = 0x803;
const labelMark = 0x801;
/** A side beyond this is no picture of such a set, px. */
const mostSide = 1024;

/** What the name of an IDX file says. */
export interface IdxName {
  holds: 'images' | 'labels';
  /** The same for the pictures and for their labels. */
  set: string;
}

const idxName = /^(.*?)[-_. ]?(images|labels)[-_. ]idx[13][-_. ]ubyte(\.gz)?$/i;

/** Null where the name is none of an IDX file: 'train-images-idx3-ubyte', 't10k-labels.idx1-ubyte.gz' … */
export function readIdxName(path: string): IdxName | null {
  const match = idxName.exec(leafOf(path));
  if (!match) return null;
  return { holds: match[2]!.toLowerCase() === 'images' ? 'images' : 'labels', set: match[1]!.toLowerCase() };
}

/**
 * The pictures of a file, at most `most`, without classes. Throws `SourceError`: 'damaged', 'unreadable'.
 */
export async function readIdxPictures(file: Blob, most: number): Promise<Omit<RawSet, 'classNames'>> {
  const head = await readHead(file, 16);
  const [mark, declared, height, width] = [0, 4, 8, 12].map((at) => head.getUint32(at));
  if (mark !== pictureMark) throw new SourceError('damaged', 'no IDX file of pictures');
  const sides = [height!, width!];
  if (sides.some((side) => side < 1 || side > mostSide)) {
    throw new SourceError('damaged', `its pictures would have ${width} × ${height} px`);
  }
  const length = width! * height!;
  const whole = Math.min(declared!, Math.floor((file.size - 16) / length));
  const count = Math.min(most, whole);
  if (count === 0) throw new SourceError('empty', 'it holds no pictures');
  const read = recordReader(file, { start: 16, length, count });
  return {
    count,
    width: width!,
    height: height!,
    format: 'IDX',
    cutShort: whole < declared!,
    picture: async (index) => ({ rgb: greyToRgb(await read(index)), width: width!, height: height! }),
  };
}

/** [count] the labels in a file. Throws `SourceError`: 'damaged', 'unreadable'. */
export async function readIdxLabels(file: Blob): Promise<Uint8Array> {
  const head = await readHead(file, 8);
  if (head.getUint32(0) !== labelMark) throw new SourceError('damaged', 'no IDX file of labels');
  const count = head.getUint32(4);
  if (8 + count > file.size) {
    throw new SourceError('damaged', `it says ${count} labels and holds ${file.size - 8}`);
  }
  return readRange(file, 8, count);
}

async function readHead(file: Blob, length: number): Promise<DataView> {
  if (file.size < length) throw new SourceError('damaged', 'too short for an IDX file');
  const bytes = await readRange(file, 0, length);
  return new DataView(bytes.buffer, bytes.byteOffset, length);
}

function greyToRgb(grey: Uint8Array): Uint8Array<ArrayBuffer> {
  const rgb = new Uint8Array(3 * grey.length);
  for (let i = 0; i < grey.length; i++) rgb.fill(grey[i]!, 3 * i, 3 * i + 3);
  return rgb;
}
