/** Pictures from the clipboard. They gather in one set, since they come one by one. */

import { importFrom } from '../../store/library';
import { useLibrary } from '../../store/libraryState';

const setName = 'pasted pictures';

/** What browsers call a picture that has no name. */
const nameless = /^image\.(png|jpe?g|gif|webp|bmp)$/i;

/** The set that took what was pasted before, in this visit. */
let gathered: string | null = null;
let count = 0;
let last: Promise<void> = Promise.resolve();

/** The files on the clipboard; to be called while the event is being handled. */
export function pastedPictures(clipboard: DataTransfer | null): File[] {
  return [...(clipboard?.files ?? [])];
}

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
