/**
 * From the files chosen to the pictures inside them: archives are opened (one level deep), system files and unsafe
 * paths set aside. Nothing is decoded here, and archives are unpacked only where they cannot be read in ranges; one
 * broken archive never costs the others.
 */
import { messageOf } from '../../platform/errors';
import type { FolderFile } from '../../platform/files';
import type { ReportLine, SkipReason } from '../importing/report';
import type { ArchiveEntry, OpenOptions } from './archive';
import { archiveStem, extensionOf, type FileKind, kindByContent, kindByName, kindBytes } from './fileKind';
import { type ArchiveLimits, archiveLimits } from './limits';
import { archivePath, chosenPath, isSystemPath, leafOf, uniquePaths } from './paths';
import { SourceError, type SourcePicture, type Sources } from './source';
import { openZip } from './zip';

/** How to look into the files. */
export interface SourceOptions {
  limits?: ArchiveLimits;
  /** Stops the listing; reading what was listed, too. */
  signal?: AbortSignal;
  /** Called now and then with the number of files found so far. */
  onProgress?: (found: number) => void;
}

/** More empty entries of one archive than this share one line. */
const mostEmptyLines = 100;

/** A file that was found, before it is known what it is for. */
interface Found {
  path: string;
  bytes: () => Promise<Blob | Uint8Array>;
}

/**
 * Looks into the files chosen. What an archive holds has its bare path where nothing else was chosen, else a path
 * below the archive's name. Never throws on account of a file; throws the signal's reason when that fires.
 */
export async function openSources(
  files: Iterable<FolderFile>,
  { limits = archiveLimits, signal, onProgress }: SourceOptions = {},
): Promise<Sources> {
  const lines: ReportLine[] = [];
  const skip = (path: string, reason: SkipReason, detail: string) => {
    lines.push({ path, outcome: 'skipped', reason, detail });
  };
  const sources: Sources = { pictures: [], lines, archives: [], name: null };
  const chosen = sortOut(files, skip);
  const found: Found[] = [];
  const unpacked = { bytes: 0 };
  const unique = uniquePaths();

  for (const { path, file } of chosen) {
    signal?.throwIfAborted();
    const alone = chosen.length === 1;
    const bytes = alone ? once(() => bytesOf(file)) : () => bytesOf(file);
    const kind = alone ? await kindOfOnly(path, bytes) : kindByName(path);
    if (kind === 'none') {
      found.push({ path: unique(path), bytes });
      continue;
    }
    if (alone) sources.name = archiveStem(leafOf(path));
    try {
      const before = found.length;
      const line = lines.length;
      const entries = await openArchive(path, kind, await blobOf(bytes), {
        limits,
        unpacked,
        signal,
        onProgress: (listed) => onProgress?.(before + listed),
      });
      const prefix = alone ? '' : `${archiveStem(path)}/`;
      for (const entry of sortOutEntries(entries, path, prefix, skip)) {
        found.push({ path: unique(entry.path), bytes: entry.bytes });
      }
      sources.archives.push({ path, reason: null, detail: '' });
      const count = found.length - before;
      const detail = `an archive with ${count === 1 ? 'one file' : `${count} files`}`;
      lines.splice(line, 0, { path, outcome: 'used', reason: null, detail });
    } catch (thrown) {
      signal?.throwIfAborted();
      const { reason, detail } = thrown instanceof SourceError ? thrown : unexpected(thrown);
      sources.archives.push({ path, reason, detail });
      skip(path, reason, detail);
    }
    onProgress?.(found.length);
  }
  sources.pictures = found.map((file): SourcePicture => ({ kind: 'file', ...file }));
  return sources;
}

type Skip = (path: string, reason: SkipReason, detail: string) => void;

/** The files that may be looked at, under clean paths. */
function sortOut(files: Iterable<FolderFile>, skip: Skip): { path: string; file: FolderFile }[] {
  const kept: { path: string; file: FolderFile }[] = [];
  for (const file of files) {
    const path = chosenPath(file.path);
    if (path === null) skip(file.path, 'unsafe-path', 'its path leads out of the folder');
    else if (isSystemPath(path)) skip(path, 'system-file', 'a file of the system');
    else kept.push({ path, file });
  }
  return kept;
}

/** The entries that may be unpacked, below `prefix`; the others are told to `skip`. */
function sortOutEntries(
  entries: readonly ArchiveEntry[],
  archive: string,
  prefix: string,
  skip: Skip,
): { path: string; bytes: ArchiveEntry['bytes'] }[] {
  const kept: { path: string; bytes: ArchiveEntry['bytes'] }[] = [];
  const empty: string[] = [];
  for (const entry of entries) {
    const inside = archivePath(entry.path);
    const path = `${prefix}${inside ?? entry.path}`;
    if (inside === null) skip(path, 'unsafe-path', 'its path leads out of the archive');
    else if (isSystemPath(inside)) skip(path, 'system-file', 'a file of the system');
    else if (entry.problem) skip(path, entry.problem.reason, entry.problem.detail);
    else if (kindByName(inside) !== 'none') skip(path, 'nested-archive', 'an archive inside an archive');
    else if (entry.size === 0) empty.push(path);
    else kept.push({ path, bytes: entry.bytes });
  }
  if (empty.length <= mostEmptyLines) for (const path of empty) skip(path, 'empty', 'empty');
  else skip(archive, 'empty', `${empty.length} of its files are empty`);
  return kept;
}

/** The kind of a file chosen alone: by its content where the name tells nothing, since nothing else can be meant. */
async function kindOfOnly(path: string, bytes: Found['bytes']): Promise<FileKind> {
  const named = kindByName(path);
  if (named !== 'none') return named;
  try {
    const content = await blobOf(bytes);
    return kindByContent(new Uint8Array(await content.slice(0, kindBytes).arrayBuffer()));
  } catch {
    // Whoever reads the file next meets the same error, and says so.
    return 'none';
  }
}

/** Remembers the first call's result. */
function once<T>(call: () => T): () => T {
  let result: { value: T } | null = null;
  return () => {
    result ??= { value: call() };
    return result.value;
  };
}

async function openArchive(
  path: string,
  kind: FileKind,
  content: Blob,
  options: OpenOptions,
): Promise<ArchiveEntry[]> {
  if (content.size === 0) throw new SourceError('empty', 'empty');
  if (kind === 'zip') return openZip(content, options);
  throw new SourceError(
    'unsupported-format',
    `a ${extensionOf(path)} archive; ZIP and TAR archives can be read`,
  );
}

async function bytesOf(file: FolderFile): Promise<Blob | Uint8Array> {
  try {
    return await file.bytes();
  } catch (cause) {
    throw new SourceError('unreadable', `the file cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function blobOf(bytes: Found['bytes']): Promise<Blob> {
  const content = await bytes();
  return content instanceof Blob ? content : new Blob([new Uint8Array(content)]);
}

function unexpected(thrown: unknown): { reason: SkipReason; detail: string } {
  return { reason: 'damaged', detail: `it cannot be read: ${messageOf(thrown)}` };
}
