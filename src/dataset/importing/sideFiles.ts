/** Reading what lies beside the pictures: lists of labels, and what an exported set says of itself. */
import { maxLabelBytes } from '../../labels/csv';
import { messageOf } from '../../platform/errors';
import { SourceError, type SourcePicture } from '../sources';
import type { FolderLayout, FoundFile } from './folderLayout';
import type { LabelList } from './labelLists';
import type { ReportLine } from './report';
import { skippedLine, usedLine } from './reportWords';
import { readDescription, type SetDescription } from './setDescription';

/** What was read, and lines about it, lists excepted: only with the pictures it shows what they are good for. */
export interface SideFiles {
  lists: LabelList[];
  description: SetDescription | null;
  lines: ReportLine[];
}

/** Never throws on account of a file. */
export async function readSideFiles({ lists, description }: FolderLayout<SourcePicture>): Promise<SideFiles> {
  const side: SideFiles = { lists: [], description: null, lines: [] };
  for (const found of lists) {
    const bytes = await readBytes(found, side.lines);
    if (bytes) side.lists.push({ path: found.path, bytes });
  }
  const bytes = description && (await readBytes(description, side.lines));
  if (!bytes) return side;
  const read = readDescription(bytes);
  if (typeof read === 'string') side.lines.push(skippedLine(description.path, 'not-an-image', read));
  else {
    side.description = read;
    side.lines.push(usedLine(description.path, 'name, size and classes of the set'));
  }
  return side;
}

/** No more than the largest list may have, and one byte by which it shows that there is more. */
async function readBytes(
  { path, file }: FoundFile<SourcePicture>,
  lines: ReportLine[],
): Promise<Uint8Array | null> {
  try {
    const content = file.kind === 'file' ? await file.bytes() : new Uint8Array(0);
    if (!(content instanceof Blob)) return content;
    return new Uint8Array(await content.slice(0, maxLabelBytes + 1).arrayBuffer());
  } catch (thrown) {
    const { reason, detail } =
      thrown instanceof SourceError
        ? thrown
        : { reason: 'unreadable' as const, detail: `cannot be read (${messageOf(thrown)})` };
    lines.push(skippedLine(path, reason, detail));
    return null;
  }
}
