/**
 * The binary version of CIFAR-10 and CIFAR-100 (Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html): for each
 * picture one label, or a coarse and a fine one, and 32 × 32 px as three planes, red, green, blue.
 */
import type { RawSet } from './rawSet';
import { eachRecord, recordReader } from './records';

const side = 32;
const plane = side * side;

/** The names of CIFAR-10's classes, where no file tells them. */
const tenNames = ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'];

/** Names of classes by label, as lists beside the pictures tell them; null = no list. */
export interface CifarNames {
  ten: string[] | null;
  fine: string[] | null;
}

export type CifarFormat = 'CIFAR-10' | 'CIFAR-100';

interface Variant {
  format: CifarFormat;
  labelBytes: number;
  /** Whether the labels of a record can be. */
  fits: (record: Uint8Array) => boolean;
  names: (lists: CifarNames) => string[];
}

const variants: readonly Variant[] = [
  {
    format: 'CIFAR-10',
    labelBytes: 1,
    fits: (record) => record[0]! < 10,
    names: ({ ten }) => ten ?? tenNames,
  },
  {
    format: 'CIFAR-100',
    labelBytes: 2,
    fits: (record) => record[0]! < 20 && record[1]! < 100,
    names: ({ fine }) => fine ?? [],
  },
];

/**
 * The pictures of a file, at most `most`; null where it is neither of the two. Every label is looked at, since the
 * format has no mark. A file that ends within a picture counts only where its name says what it is: `named`.
 * Throws `SourceError` 'unreadable'.
 */
export async function readCifar(
  file: Blob,
  lists: CifarNames,
  most: number,
  named: CifarFormat | null,
): Promise<RawSet | null> {
  for (const { format, labelBytes, fits, names } of variants) {
    const length = labelBytes + 3 * plane;
    const cutShort = file.size % length !== 0;
    const count = Math.min(most, Math.floor(file.size / length));
    if (count === 0 || (cutShort && named !== format)) continue;
    const layout = { start: 0, length, count };
    const classes = names(lists);
    const classNames: string[] = [];
    const fitting = await eachRecord(file, layout, (record) => {
      const label = record[labelBytes - 1]!;
      classNames.push(classes[label] ?? String(label));
      return fits(record);
    });
    if (!fitting) continue;
    const read = recordReader(file, layout);
    return {
      count,
      width: side,
      height: side,
      classNames,
      format,
      cutShort,
      picture: async (index) => ({
        rgb: interleaved((await read(index)).subarray(labelBytes)),
        width: side,
        height: side,
      }),
    };
  }
  return null;
}

/** [3, plane] → [plane, 3] */
function interleaved(planes: Uint8Array): Uint8Array<ArrayBuffer> {
  const rgb = new Uint8Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < plane; i++) rgb[3 * i + channel] = planes[channel * plane + i]!;
  }
  return rgb;
}

/** The names in a list: one a line, empty lines left out; null where it is no such list. */
export function readNames(text: string): string[] | null {
  const names = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
  return names.length > 0 && names.length <= 100 ? names : null;
}
