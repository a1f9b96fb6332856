/** Leaves pictures of a stored set out of use, or takes them in again. Nothing is deleted. */

import { library } from '../../store/libraryState';
import { reportError } from '../../store/notify';
import { isUnderWay, useRun } from '../../store/run';

export const whyKept = 'A run keeps its pictures. Stop it to leave some out or take them in again.';

/** Does so for rows of the set. False where a run keeps them (`whyKept`), and where it failed, which is told. */
export async function setLeftOut(set: string, rows: Int32Array, leftOut: boolean): Promise<boolean> {
  if (rows.length === 0 || isUnderWay(useRun.getState().run)) return false;
  try {
    await (await library()).exclude(set, rows, leftOut);
    return true;
  } catch (thrown) {
    reportError(thrown);
    return false;
  }
}
