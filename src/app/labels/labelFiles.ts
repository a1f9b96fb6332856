/** Labels as CSV files, in and out. The parser is loaded with the first file. */

import type { RowProblem } from '../../labels/csv';
import { plural } from '../format';
import { download, fileNameOf } from '../store/download';
import { markLabelsSaved, shownLabels, takeLabelling, useLabels } from '../store/labels';
import { useRun } from '../store/run';
import { useSetup } from '../store/setup';

/** What came of reading a file. */
export interface ImportReport {
  fileName: string;
  given: number;
  newClasses: readonly string[];
  problems: readonly RowProblem[];
}

/** Reads the labels of a file into those that are there. @throws PawsaurError when classes are fixed */
export async function readLabelFile(file: File): Promise<ImportReport> {
  const [{ importLabels }, buffer] = await Promise.all([import('../../labels/csv'), file.arrayBuffer()]);
  const { pictures } = useLabels.getState();
  const base = shownLabels(useSetup.getState().recipe, useLabels.getState());
  if (pictures === null || base === null) {
    const reason = 'There are no pictures to label yet.';
    return { fileName: file.name, given: 0, newClasses: [], problems: [{ row: 0, text: '', reason }] };
  }
  const { labelling, given, newClasses, problems } = importLabels(new Uint8Array(buffer), base, pictures);
  if (given > 0 || newClasses.length > 0)
    takeLabelling(labelling, `read ${plural(given, 'label')} from a file`);
  return { fileName: file.name, given, newClasses, problems };
}

/** Saves the labels that are shown as a file. */
export async function saveLabelFile(): Promise<void> {
  const { exportLabels } = await import('../../labels/csv');
  const { pictures } = useLabels.getState();
  const labelling = shownLabels(useSetup.getState().recipe, useLabels.getState());
  if (pictures === null || labelling === null) return;
  const { dataset } = useRun.getState();
  download(
    fileNameOf('pawsaur', dataset?.name ?? 'pictures', 'labels.csv'),
    'text/csv',
    exportLabels(labelling, pictures),
  );
  markLabelsSaved();
}

/** Whether a file could be one of labels. */
export function looksLikeLabels(file: File): boolean {
  return /\.(csv|tsv|txt)$/i.test(file.name) || /^text\/(csv|plain|tab-separated-values)$/.test(file.type);
}
