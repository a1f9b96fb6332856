/** Adding the columns of an import to those of a set that is there: rows of before stay where they are. */
import type { PictureIndex } from '../importing/pictureIndex';

/** Both, `added` below; its classes are those of the same name, its masks follow the `masks` of before. */
export function appendIndex(before: PictureIndex, added: PictureIndex, masks: number): PictureIndex {
  const classNames = [...before.classNames];
  const numbers = new Map(classNames.map((name, label) => [name, label]));
  const numberOf = added.classNames.map((name) => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    numbers.set(name, classNames.length);
    return classNames.push(name) - 1;
  });
  const relabelled = (labels: Int32Array) => labels.map((label) => (label < 0 ? -1 : numberOf[label]!));
  const given = before.given !== null || added.given !== null;
  return {
    size: before.size,
    count: before.count + added.count,
    names: [...before.names, ...uniqueNames(added.names, before.names)],
    classNames,
    labels: joined(Int32Array, before.labels, relabelled(added.labels)),
    split: joined(Int8Array, before.split, added.split),
    given: given ? joined(Int32Array, givenOf(before), relabelled(givenOf(added))) : null,
    widths: joined(Int32Array, before.widths, added.widths),
    heights: joined(Int32Array, before.heights, added.heights),
    maskRows: joined(
      Int32Array,
      before.maskRows,
      added.maskRows.map((row) => (row < 0 ? -1 : row + masks)),
    ),
    exact: joined(Uint32Array, before.exact, added.exact),
    look: joined(Uint32Array, before.look, added.look),
    signature: joined(Uint8Array, before.signature, added.signature),
    excluded: joined(Uint8Array, before.excluded, added.excluded),
  };
}

/** Labels that training may know: those of the classes where nothing else was said. */
function givenOf({ given, labels }: PictureIndex): Int32Array {
  return given ?? labels;
}

/** `names`, with a number before the ending of those that `taken` has already: 'cat/1 (2).jpg'. */
function uniqueNames(names: readonly string[], taken: readonly string[]): string[] {
  const used = new Set([...taken, ...names]);
  const before = new Set(taken);
  return names.map((name) => {
    if (!before.has(name)) return name;
    const [, stem, ending] = /^(.*?)(\.[^./]*)?$/s.exec(name)!;
    let number = 2;
    while (used.has(`${stem} (${number})${ending ?? ''}`)) number++;
    const unique = `${stem} (${number})${ending ?? ''}`;
    used.add(unique);
    return unique;
  });
}

function joined<T extends Int32Array | Int8Array | Uint32Array | Uint8Array>(
  kind: new (length: number) => T,
  first: T,
  second: T,
): T {
  const both = new kind(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
