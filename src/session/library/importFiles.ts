/** An import of the library: from the files that the page chose to a set in the store. */
import { importPictures } from '../../dataset/importing/importPictures';
import { ImportRefused } from '../../dataset/importing/refused';
import type { ImportReport, ReportLine } from '../../dataset/importing/report';
import type { PictureReader } from '../../dataset/reading/pictureReader';
import type { SetRecord } from '../../dataset/storage/records';
import type { SetStore } from '../../dataset/storage/setStore';
import type { LibraryProgress } from './library';
import type { LibraryCommand } from './protocol';

interface ImportParts {
  store: SetStore;
  reader: PictureReader;
  signal: AbortSignal;
  onProgress: (progress: LibraryProgress) => void;
}

/** @throws ImportRefused with the report when no picture could be used; what `SetStore.add` throws */
export async function importFiles(
  { name, files, lines, into, size }: Extract<LibraryCommand, { type: 'import' }>,
  { store, reader, signal, onProgress }: ImportParts,
): Promise<{ set: SetRecord; report: ImportReport }> {
  return store.add({ name, into, signal }, async (sink, set) => {
    const chosen = files.map(({ path, file }) => ({ path, bytes: async () => file }));
    try {
      const imported = await importPictures(chosen, {
        reader,
        sink,
        name: folderChosen(files, name),
        size: set?.size ?? size,
        signal,
        onProgress,
      });
      const { count } = imported.index;
      onProgress({ stage: 'writing', done: count, total: count });
      const own = set?.name ?? (await unusedName(imported.ownName, store)) ?? name;
      return { ...imported, name: own, report: completed(imported.report, own, lines) };
    } catch (error) {
      if (!(error instanceof ImportRefused)) throw error;
      const { code, message, hint = '', report } = error;
      throw new ImportRefused(code as `import/${string}`, message, hint, completed(report, name, lines));
    }
  });
}

/**
 * The first folder, where all paths share it, is the one that was chosen if the set is named after it (perhaps with a
 * number) or if there are folders inside. Else it is a folder inside what was chosen, which has the set's name.
 */
function folderChosen(files: readonly { path: string }[], name: string): string | undefined {
  const [top, ...others] = new Set(files.map(({ path }) => path.match(/^[^/]+(?=\/)/)?.[0]));
  if (top === undefined || others.length > 0) return undefined;
  const numbered = name.startsWith(`${top} (`) && /^\d+\)$/.test(name.slice(top.length + 2));
  const hasFolders = files.some(({ path }) => path.indexOf('/') !== path.lastIndexOf('/'));
  return numbered || hasFolders ? top : name;
}

/** The name that an exported set gives itself, unless one here has it already. */
async function unusedName(name: string | null, store: SetStore): Promise<string | null> {
  const { sets } = await store.list();
  return sets.some((set) => set.name === name) ? null : name;
}

/** The report with the lines of files that the page read. */
function completed(report: ImportReport, name: string, lines: readonly ReportLine[]): ImportReport {
  return { ...report, name, lines: [...report.lines, ...lines] };
}
