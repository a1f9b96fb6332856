/** What a person should know of a set as a whole before training on it. */
import { listed, quoted } from '../../labels/classNames';
import { findDuplicates } from './duplicates';
import type { PictureIndex } from './pictureIndex';
import type { SetWarning } from './report';

/** Most names of classes that may be taken for each other that are compared. */
const comparedClasses = 10_000;

/** Looks a set through; `renamed` are classes whose names showed nothing, `emptyMasks` masks without an object. */
export function findWarnings(
  index: PictureIndex,
  { renamed, emptyMasks }: { renamed: readonly string[]; emptyMasks: number },
): SetWarning[] {
  return [
    ...warnOfClasses(index),
    ...warnOfTwins(index.classNames),
    ...warnOfDuplicates(index),
    ...warnOfMasks(index, emptyMasks),
    ...(renamed.length === 0
      ? []
      : [
          {
            code: 'blank-class',
            message: `${renamed.length === 1 ? 'A class has a name that shows' : `${renamed.length} classes have names that show`} nothing; ${renamed.length === 1 ? 'it is' : 'they are'} called “no name” here.`,
          },
        ]),
  ];
}

function warnOfClasses({ classNames, labels }: PictureIndex): SetWarning[] {
  const counts = new Map<number, number>();
  for (const label of labels) if (label >= 0) counts.set(label, (counts.get(label) ?? 0) + 1);
  if (counts.size === 0) return [];
  if (counts.size === 1) {
    const name = quoted(classNames[[...counts.keys()][0]!]!);
    return [
      {
        code: 'single-class',
        message: `All labelled pictures are of the class ${name}: methods that learn from labels need two classes at least.`,
      },
    ];
  }
  const small = [...counts].filter(([, count]) => count < 2).map(([label]) => quoted(classNames[label]!));
  if (small.length === 0) return [];
  const has = small.length === 1 ? 'The class' : `${small.length} classes have one picture each:`;
  const rest = small.length === 1 ? ' has one picture' : '';
  return [
    {
      code: 'small-classes',
      message: `${has} ${listed(small)}${rest}, which can be trained on or held out, not both.`,
    },
  ];
}

/** Names that differ in what is hard to see: capitals, spaces, the spelling of accents. */
function warnOfTwins(classNames: readonly string[]): SetWarning[] {
  const alike = new Map<string, string[]>();
  for (const name of classNames.slice(0, comparedClasses)) {
    const key = name
      .normalize('NFKC')
      .toLowerCase()
      .replace(/[\s\p{Cc}\p{Cf}]+/gu, '');
    const there = alike.get(key);
    if (there) there.push(name);
    else alike.set(key, [name]);
  }
  const twins = [...alike.values()].filter((names) => names.length > 1);
  if (twins.length === 0) return [];
  const groups = twins.map((names) => names.map((name) => `“${name}”`).join(' and '));
  return [
    {
      code: 'class-twins',
      message: `Classes whose names look alike were kept apart: ${groups.slice(0, 5).join('; ')}${groups.length > 5 ? ` and ${groups.length - 5} more` : ''}.`,
    },
  ];
}

function warnOfDuplicates(index: PictureIndex): SetWarning[] {
  const { exact, look } = findDuplicates(index);
  const warnings: SetWarning[] = [];
  const copies = spare(exact);
  if (copies > 0) {
    warnings.push({
      code: 'duplicates',
      message: `${copies === 1 ? 'One picture is' : `${copies} pictures are`} there more than once, pixel by pixel. Copies stay on one side of the split.`,
    });
  }
  // Copies are alike, too: only what they do not explain is new.
  const similar = spare(look) - copies;
  if (similar > 0) {
    warnings.push({
      code: 'near-duplicates',
      message: `${similar === 1 ? 'One picture looks' : `${similar} pictures look`} almost like another. Held-out scores come out too high where both sides have one.`,
    });
  }
  return [...warnings, ...warnOfConflicts(index, exact)];
}

function warnOfConflicts({ labels, classNames, names }: PictureIndex, groups: Int32Array): SetWarning[] {
  const members = new Map<number, { rows: number[]; classes: Set<number> }>();
  for (const [row, group] of groups.entries()) {
    if (group < 0 || labels[row]! < 0) continue;
    const there = members.get(group) ?? { rows: [], classes: new Set() };
    there.rows.push(row);
    there.classes.add(labels[row]!);
    members.set(group, there);
  }
  const conflicts = [...members.values()].filter(({ classes }) => classes.size > 1);
  if (conflicts.length === 0) return [];
  const said = conflicts.map(({ rows, classes }) => {
    const inClasses = [...classes].map((label) => quoted(classNames[label]!));
    return `${quoted(names[rows[0]!]!)} in ${listed(inClasses)}`;
  });
  const what = said.length === 1 ? 'One picture is' : `${said.length} pictures are`;
  return [{ code: 'conflicting-labels', message: `${what} in more than one class: ${listed(said)}.` }];
}

function warnOfMasks({ maskRows }: PictureIndex, emptyMasks: number): SetWarning[] {
  const masks = maskRows.filter((row) => row >= 0).length;
  if (masks === 0 || emptyMasks < masks) return [];
  return [
    {
      code: 'empty-masks',
      message:
        'All masks are empty: what is lighter than middle grey (128) is the object. Save them in black and white.',
    },
  ];
}

/** Pictures beyond the first of each group. */
function spare(groups: Int32Array): number {
  const members = groups.filter((group) => group >= 0);
  return members.length - new Set(members).size;
}
