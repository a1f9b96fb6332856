/**
 * Reads the pictures of a set and their masks, a few at a time, and hands them to the sink in the order of their
 * rows. No file ends the reading; what could not be used is a line of the report.
 */
import { messageOf } from '../../platform/errors';
import type { PictureReader, ReadRefusal, ReadResult, ReadTask } from '../reading/pictureReader';
import { rawPicture } from '../reading/readPicture';
import { SourceError, type SourcePicture } from '../sources';
import type { PictureRow } from './columns';
import type { PlacedFile } from './folderLayout';
import { inOrder } from './inOrder';
import type { PictureSink } from './pictureSink';
import type { ReportLine } from './report';
import { pictureLine, skippedLine, usedLine } from './reportWords';

export interface ReadingOptions {
  reader: PictureReader;
  sink: PictureSink;
  /** Side of the squares, px. */
  size: number;
  signal?: AbortSignal;
  onProgress?: (progress: { stage: 'reading'; done: number; total: number }) => void;
}

export interface PicturesRead {
  rows: PictureRow[];
  lines: ReportLine[];
  /** Masks without an object. */
  emptyMasks: number;
}

/** Pictures that wait for one before them, for each that is being read. */
const waiting = 4;

interface Pair {
  picture: ReadResult;
  /** null where there is none, or where it was not looked at. */
  mask: ReadResult | null;
}

/** Reads `files` [n] in their order. @throws the signal's reason; what the sink throws */
export async function readPictures(
  files: readonly PlacedFile<SourcePicture>[],
  { reader, sink, size, signal, onProgress }: ReadingOptions,
): Promise<PicturesRead> {
  const read: PicturesRead = { rows: [], lines: [], emptyMasks: 0 };
  const expected = files.filter(({ mask }) => mask).length;
  await sink.begin?.({ size, pictures: files.length, masks: expected });
  const total = files.length + expected;
  let done = 0;
  let masks = 0;

  const work = async ({ file, mask }: PlacedFile<SourcePicture>): Promise<Pair> => {
    const picture = await readSource(file, { side: size, as: 'picture' }, reader);
    if (!mask || picture.kind !== 'picture') return { picture, mask: null };
    return { picture, mask: await readSource(mask.file, { side: size, as: 'mask' }, reader) };
  };

  const take = async (pair: Pair, placed: PlacedFile<SourcePicture>): Promise<void> => {
    const { picture } = pair;
    if (picture.kind !== 'picture') {
      const { reason, detail } = refusalOf(picture);
      read.lines.push(skippedLine(placed.path, reason, detail));
      if (placed.mask) {
        read.lines.push(skippedLine(placed.mask.path, 'mask-unfit', 'its picture did not come in'));
      }
    } else {
      const { rgb, ...facts } = picture;
      await sink.picture(rgb);
      // A binary file has one line for all of its pictures.
      if (placed.file.kind === 'file') read.lines.push(pictureLine(placed.path, facts));
      const mask = pair.mask && fittingMask(pair.mask, picture);
      if (mask && 'mask' in mask) {
        await sink.mask(mask.mask);
        if (!mask.mask.includes(1)) read.emptyMasks++;
        read.lines.push(usedLine(placed.mask!.path, `mask of ${placed.path}`));
      } else if (mask) read.lines.push(skippedLine(placed.mask!.path, mask.reason, mask.detail));
      const { path, className, heldOut } = placed;
      const maskRow = mask && 'mask' in mask ? masks++ : -1;
      const { width, height, exact, look, signature } = facts;
      read.rows.push({ path, className, heldOut, maskRow, width, height, exact, look, signature });
    }
    done += placed.mask ? 2 : 1;
    onProgress?.({ stage: 'reading', done, total });
  };

  const { concurrency } = reader;
  await inOrder(files, { concurrency, window: concurrency * (1 + waiting), signal }, work, take);
  return read;
}

/** Gets hold of a file and reads it; never throws on its account. */
async function readSource(
  source: SourcePicture,
  task: Omit<ReadTask, 'bytes'>,
  reader: PictureReader,
): Promise<ReadResult> {
  try {
    if (source.kind === 'file') return await reader.read({ ...task, bytes: await source.bytes() });
    const { rgb, width, height } = await source.raw();
    return rawPicture(rgb, width, height, task.side, 'raw');
  } catch (thrown) {
    if (thrown instanceof SourceError) {
      const { reason, detail } = thrown;
      return { kind: 'refused', reason, detail };
    }
    return { kind: 'refused', reason: 'unreadable', detail: `cannot be read (${messageOf(thrown)})` };
  }
}

/** The mask, where it covers the picture; a reader that answers with something else is taken at its word. */
function fittingMask(
  mask: ReadResult,
  { width, height }: { width: number; height: number },
): { mask: Uint8Array<ArrayBuffer> } | Pick<ReadRefusal, 'reason' | 'detail'> {
  if (mask.kind !== 'mask') return refusalOf(mask);
  // Of another scale, its sides agree to within a pixel.
  if (
    Math.abs(width * mask.height - mask.width * height) <= Math.max(width, height, mask.width, mask.height)
  ) {
    return { mask: mask.mask };
  }
  const detail = `${mask.width} × ${mask.height} px, its picture is ${width} × ${height} px`;
  return { reason: 'mask-unfit', detail };
}

function refusalOf(result: ReadResult): Pick<ReadRefusal, 'reason' | 'detail'> {
  return result.kind === 'refused' ? result : { reason: 'unreadable', detail: 'cannot be read' };
}
