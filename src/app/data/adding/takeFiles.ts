/**
 * What is done with files that were dropped or pasted. A file of a recipe or of labels that is dropped alone is read
 * as one. Pasted pictures gather in one set, since they come one by one.
 */

import { plural } from '../../format';
import { looksLikeLabels, readLabelFile } from '../../labels/labelFiles';
import { takeRecipeFile } from '../../setup/recipeFile';
import { importFrom, importListed } from '../../store/library';
import { useLibrary } from '../../store/libraryState';
import { tell, warn } from '../../store/notify';
import { fromDrop } from './collectFiles';
import type { Dropped } from './dropContents';

/** Reads what was dropped. */
export async function takeDrop(contents: Dropped): Promise<void> {
  const [file] = contents.files;
  if (contents.files.length === 1 && file !== undefined) {
    if (file.name.toLowerCase().endsWith('.json')) return takeRecipeFile(file);
    if (looksLikeLabels(file)) return takeLabels(file);
  }
  await importListed(() => fromDrop(contents));
}

/** Reads a file of labels; what of it cannot be used is told in a corner. */
async function takeLabels(file: File): Promise<void> {
  const { given, problems } = await readLabelFile(file);
  const first = problems[0] === undefined ? '' : ` The first: ${problems[0].reason}`;
  if (problems.length === 0) tell(`${plural(given, 'label')} read`, file.name);
  else
    warn(
      `${plural(given, 'label')} read, ${plural(problems.length, 'row')} left out`,
      `${file.name}.${first}`,
    );
}

const setName = 'pasted pictures';

/** What browsers call a picture that has no name. */
const nameless = /^image\.(png|jpe?g|gif|webp|bmp)$/i;

/** The set that took what was pasted before, in this visit. */
let gathered: string | null = null;
let count = 0;
let last: Promise<void> = Promise.resolve();

/** Adds pasted files to the set of this visit, or begins it. */
export function takePasted(files: readonly File[]): Promise<void> {
  const named = files.map((file) => ({ path: nameOf(file), file }));
  last = last.then(async () => {
    const there = useLibrary.getState().sets.find(({ id }) => id === gathered);
    const target = there === undefined ? { name: setName } : { name: there.name, into: there.id };
    const outcome = await importFrom({ ...target, files: named });
    if (outcome.ok) gathered = outcome.set.id;
  });
  return last;
}

/** A name by the time of day, so that they stand in the order in which they came. */
function nameOf({ name }: File): string {
  if (!nameless.test(name)) return name;
  const time = new Date().toTimeString().slice(0, 8).replaceAll(':', '.');
  return `${time} ${++count}.${name.split('.').at(-1)}`;
}
