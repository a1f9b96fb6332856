/**
 * The importer without the page around it, for the test of awkward files: the library's own client and worker, the
 * decoder that its pool uses, and the reader of videos.
 */
import { framesOf } from '../../src/app/sources/framesOf';
import { browserImageDecoder } from '../../src/platform/browser/imageDecoder';
import { LibraryClient } from '../../src/session/library';
import type { Look, Outcome } from './outcome';

const library = new LibraryClient();
library.connect();

/** Imports files chosen together, says what became of them, and takes the set away again. */
async function importAll(name: string, files: { path: string; file: Blob }[]): Promise<Outcome> {
  const outcome = await library.importFiles({ name, files }).done;
  if (!outcome.ok) {
    const { code, message } = outcome.error;
    return { error: { code, message }, lines: outcome.report?.lines ?? [], warnings: [], set: null };
  }
  const { set, report } = outcome;
  const { names, classNames, labels, widths, heights } = await library.columns(set.id);
  await library.remove(set.id);
  const pictures = names.map((path, i) => ({
    path,
    className: classNames[labels[i]!] ?? null,
    width: widths[i]!,
    height: heights[i]!,
  }));
  const warnings = report.warnings.map(({ code }) => code);
  return { error: null, lines: report.lines, warnings, set: { count: set.count, classNames, pictures } };
}

/** The picture as it is read, upright: its size, and the mean colours of its quarters. */
async function look(file: Blob): Promise<Look> {
  const picture = await browserImageDecoder.open(file);
  try {
    const { width, height } = picture;
    const rgba = picture.readRows(0, height, 0, width);
    const quarter = (left: number, top: number) => {
      const sums = [0, 0, 0];
      const [w, h] = [Math.floor(width / 2), Math.floor(height / 2)];
      for (let y = 0; y < h; y++) {
        for (let x = 0; x < w; x++) {
          const at = 4 * ((top * (height - h) + y) * width + left * (width - w) + x);
          for (let c = 0; c < 3; c++) sums[c]! += rgba[at + c]!;
        }
      }
      return sums.map((sum) => sum / (w * h));
    };
    return { width, height, tl: quarter(0, 0), tr: quarter(1, 0), bl: quarter(0, 1), br: quarter(1, 1) };
  } finally {
    picture.close();
  }
}

/** What the page hands to the test. */
const importer = {
  importAll,
  look,
  /** A video's frames, imported like any picture, and its line in the report. */
  async video(file: File) {
    const { files, line } = await framesOf(file, { most: 4 });
    const outcome = files.length > 0 ? await importAll(file.name, files) : null;
    return { line, outcome, first: files[0] ? await look(files[0].file) : null };
  },
};
export type Importer = typeof importer;
Object.assign(window, { importer });
