/**
 * Natural order of names: 'digit_2' before 'digit_10', capitals beside small letters. It depends on nothing
 * but the names (no locale, no collation tables), so that classes get the same numbers everywhere.
 */

/** Sorts copies of `items` by the name that `nameOf` gives; equal names keep their order. */
export function sortNaturally<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
  const keyed = items.map((item) => {
    const name = nameOf(item);
    return { item, name, parts: name.toLowerCase().match(/\d+|[^\d/]+|\//g) ?? [] };
  });
  keyed.sort((a, b) => compareParts(a.parts, b.parts) || compareText(a.name, b.name));
  return keyed.map(({ item }) => item);
}

/** A '/' comes before everything else, so that a folder's files stay together. */
function compareParts(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [one, other] = [a[i]!, b[i]!];
    if (one === other) continue;
    if (one === '/' || other === '/') return one === '/' ? -1 : 1;
    const difference =
      isNumber(one) && isNumber(other) ? compareNumbers(one, other) : compareText(one, other);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

function isNumber(part: string): boolean {
  return part >= '0' && part < ':';
}

/** By value, however many digits there are. */
function compareNumbers(one: string, other: string): number {
  const [a, b] = [one.replace(/^0+/, ''), other.replace(/^0+/, '')];
  return a.length - b.length || compareText(a, b);
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
