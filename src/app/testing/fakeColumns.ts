/** Columns of a stored set for tests: what a test does not say is plain. */

import type { SetColumns } from '../../session/library';

/** As many rows as `names`, of 640 × 480 px and class 0, nothing left out, nothing alike. */
export function sampleColumns(changes: Partial<SetColumns> & Pick<SetColumns, 'names'>): SetColumns {
  const { length } = changes.names;
  return {
    set: 'set-1',
    revision: 1,
    classNames: ['a', 'b'],
    labels: new Int32Array(length),
    split: new Int8Array(length).fill(-1),
    widths: new Int32Array(length).fill(640),
    heights: new Int32Array(length).fill(480),
    excluded: new Uint8Array(length),
    hasMask: new Uint8Array(length),
    exactGroups: new Int32Array(length).fill(-1),
    lookGroups: new Int32Array(length).fill(-1),
    ...changes,
  };
}
