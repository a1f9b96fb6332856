/** Which import's report is open. Apart from the dialogue itself, which is loaded when it is opened. */

import { create } from 'zustand';
import type { ImportReport } from '../../../session/library';
import { createSurface } from '../../shell/surface';
import { library } from '../../store/libraryState';
import { reportError } from '../../store/notify';

export const reportSurface = createSurface();

/** What is reported on: the imports of one set, the latest last; null while they are fetched. */
export const useReports = create<{ name: string; reports: readonly ImportReport[] | null }>(() => ({
  name: '',
  reports: null,
}));

/** Shows what became of the files of an import that has just ended. */
export function showReport(name: string, report: ImportReport): void {
  useReports.setState({ name, reports: [report] });
  reportSurface.show();
}

/** Shows what became of the files of all imports into a set. */
export async function showReportsOf(set: string, name: string): Promise<void> {
  useReports.setState({ name, reports: null });
  reportSurface.show();
  try {
    const reports = await (await library()).reports(set);
    useReports.setState({ name, reports });
  } catch (thrown) {
    reportSurface.close();
    reportError(thrown);
  }
}
