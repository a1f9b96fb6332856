/**
 * From the files chosen to the pictures inside them: archives are opened (one level deep), binary data sets taken apart,
 * system files and unsafe paths set aside. Nothing is decoded here, and archives are unpacked only where they cannot be
 * read in ranges; one broken archive never costs the others.
 */
import { messageOf } from '../../platform/errors';
import type { FolderFile } from '../../platform/files';
import type { ReportLine, SkipReason } from '../importing/report';
import type { ArchiveEntry, OpenOptions } from './archive';
import { type Found, takeBinarySets } from './binarySets';
import { archiveStem, type FileKind, kindByContent, kindByName, kindBytes } from './fileKind';
import { readIdxName } from './idx';
import { type ArchiveLimits, archiveLimits } from './limits';
import { openContainer } from './openContainer';
import { archivePath, chosenPath, isSystemPath, leafOf, uniquePaths } from './paths';
import { SourceError, type Sources } from './source';

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

/**
 * Looks into the files chosen. What an archive holds has its bare path where nothing else was chosen, else a path
 * below the archive's name. Never throws on account of a file; throws the signal's reason when that fires.
 */
export async function openSources(
  files: Iterable<FolderFile>,
  { limits = archiveLimits, signal, onProgress }: SourceOptions = {},
): Promise<Sources> {
  const options = { limits, signal, unpacked: { bytes: 0 } };
  const search = new Search(options, onProgress);
  const chosen = sortOut(files, search.skip);
  const alone = chosen.length === 1;
  for (const { path, file } of chosen) {
    signal?.throwIfAborted();
    await search.look(path, alone ? once(() => bytesOf(file)) : () => bytesOf(file), alone);
  }
  const { pictures, rest, lines } = await takeBinarySets(search.found, options);
  return {
    pictures: [...rest.map(({ path, bytes }) => ({ kind: 'file' as const, path, bytes })), ...pictures],
    lines: [...search.lines, ...lines],
    archives: search.archives,
    name: search.name,
  };
}

type Bytes = Found['bytes'];
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

/** What was found so far. */
class Search {
  readonly found: Found[] = [];
  readonly lines: ReportLine[] = [];
  readonly archives: Sources['archives'] = [];
  name: string | null = null;
  readonly #unique = uniquePaths();

  constructor(
    readonly options: Omit<OpenOptions, 'onProgress'>,
    readonly onProgress: SourceOptions['onProgress'],
  ) {}

  readonly skip: Skip = (path, reason, detail) => {
    this.lines.push({ path, outcome: 'skipped', reason, detail });
  };

  /** Looks into one of the files chosen; `alone`: it is the only one. */
  async look(path: string, bytes: Bytes, alone: boolean): Promise<void> {
    const kind = alone ? await kindOfOnly(path, bytes) : kindByName(path);
    if (kind === 'none') {
      this.#add(path, bytes, () => blobOf(bytes));
      return;
    }
    if (alone) this.name = archiveStem(leafOf(path));
    try {
      await this.#lookInside(path, kind, () => blobOf(bytes), alone);
    } catch (thrown) {
      this.options.signal?.throwIfAborted();
      const { reason, detail } = thrown instanceof SourceError ? thrown : unexpected(thrown);
      this.archives.push({ path, reason, detail });
      this.skip(path, reason, detail);
    }
    this.onProgress?.(this.found.length);
  }

  async #lookInside(
    path: string,
    kind: FileKind,
    content: () => Promise<Blob>,
    alone: boolean,
  ): Promise<void> {
    const before = this.found.length;
    const onProgress = (listed: number) => this.onProgress?.(before + listed);
    const opened = await openContainer(path, kind, content, { ...this.options, onProgress });
    if ('only' in opened) {
      this.#add(opened.path, opened.only, opened.binary);
      return;
    }
    const line = this.lines.length;
    this.#addEntries(opened.entries, path, alone ? '' : `${archiveStem(path)}/`);
    const count = this.found.length - before;
    const detail = `an archive with ${count === 1 ? 'one file' : `${count} files`} to look at`;
    this.lines.splice(line, 0, { path, outcome: 'used', reason: null, detail });
    if (opened.broken !== null) this.skip(path, 'damaged', opened.broken);
    this.archives.push({ path, reason: null, detail: '' });
  }

  /** The entries that may be unpacked, below `prefix`; the others are skipped. */
  #addEntries(entries: readonly ArchiveEntry[], archive: string, prefix: string): void {
    const empty: string[] = [];
    for (const { path: written, size, problem, bytes, binary } of entries) {
      const inside = archivePath(written);
      const path = `${prefix}${inside ?? written}`;
      if (inside === null) this.skip(path, 'unsafe-path', 'its path leads out of the archive');
      else if (isSystemPath(inside)) this.skip(path, 'system-file', 'a file of the system');
      else if (problem) this.skip(path, problem.reason, problem.detail);
      else if (kindByName(inside) !== 'none' && !readIdxName(inside)) {
        this.skip(path, 'nested-archive', 'an archive inside an archive');
      } else if (size === 0) empty.push(path);
      else this.#add(path, bytes, binary);
    }
    if (empty.length <= mostEmptyLines) for (const path of empty) this.skip(path, 'empty', 'empty');
    else this.skip(archive, 'empty', `${empty.length} of its files are empty`);
  }

  #add(path: string, bytes: Bytes, binary: Found['binary']): void {
    this.found.push({ path: this.#unique(path), bytes, binary });
  }
}

/** The kind of a file chosen alone: by its content where the name tells nothing, since nothing else can be meant. */
async function kindOfOnly(path: string, bytes: Bytes): Promise<FileKind> {
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

async function bytesOf(file: FolderFile): Promise<Blob | Uint8Array> {
  try {
    return await file.bytes();
  } catch (cause) {
    throw new SourceError('unreadable', `the file cannot be read: ${messageOf(cause)}`, { cause });
  }
}

async function blobOf(bytes: Bytes): Promise<Blob> {
  const content = await bytes();
  return content instanceof Blob ? content : new Blob([new Uint8Array(content)]);
}

function unexpected(thrown: unknown): { reason: SkipReason; detail: string } {
  return { reason: 'damaged', detail: `it cannot be read: ${messageOf(thrown)}` };
}
