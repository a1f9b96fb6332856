/** Imports of a few tiny pictures, each of one colour of its own, for tests of the storage. */
import type { PictureIndex } from '../../importing/pictureIndex';
import type { AddPictures } from '../setStore';

export const side = 4;

/** Columns of pictures named `names`, every one of the class before its '/'; those in `masked` have masks. */
function smallIndex(names: readonly string[], masked: readonly string[] = []): PictureIndex {
  const classes = [...new Set(names.map(classOf))];
  const count = names.length;
  let masks = 0;
  return {
    size: side,
    count,
    names: [...names],
    classNames: classes,
    labels: Int32Array.from(names, (name) => classes.indexOf(classOf(name))),
    split: new Int8Array(count).fill(-1),
    given: null,
    widths: new Int32Array(count).fill(8),
    heights: new Int32Array(count).fill(8),
    maskRows: Int32Array.from(names, (name) => (masked.includes(name) ? masks++ : -1)),
    exact: Uint32Array.from({ length: 2 * count }, (_, i) => shadeOf(names[i >> 1]!) + (i & 1)),
    look: new Uint32Array(2 * count),
    signature: new Uint8Array(64 * count),
    excluded: new Uint8Array(count),
  };
}

/** Brings in such pictures. */
export function addSmall(
  name: string,
  names: readonly string[],
  masked: readonly string[] = [],
): AddPictures {
  return async (sink) => {
    await sink.begin?.({ size: side, pictures: names.length, masks: masked.length });
    for (const picture of names) {
      await sink.picture(new Uint8Array(side * side * 3).fill(shadeOf(picture)));
      if (masked.includes(picture)) await sink.mask(new Uint8Array(side * side).fill(1));
    }
    const lines = names.map((path) => ({ path, outcome: 'imported' as const, reason: null, detail: '' }));
    const report = { name, at: '2026-01-01T00:00:00Z', seconds: 1, lines, warnings: [] };
    return { name, ownName: null, index: smallIndex(names, masked), report };
  };
}

/** The grey level of a picture: a number made of its name. */
export function shadeOf(name: string): number {
  let shade = 7;
  for (const letter of name) shade = (shade * 31 + letter.charCodeAt(0)) % 251;
  return shade;
}

function classOf(name: string): string {
  return name.split('/')[0]!;
}
