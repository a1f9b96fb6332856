/**
 * Finds the binary data sets (CIFAR, IDX) among the files, whether they were chosen as they are, packed one by one, or
 * inside an archive, and takes them apart into pictures.
 */
import { messageOf } from '../../platform/errors';
import type { ReportLine } from '../importing/report';
import type { OpenOptions } from './archive';
import { type CifarNames, readCifar, readNames } from './cifar';
import { type IdxName, readIdxLabels, readIdxName, readIdxPictures } from './idx';
import { folderOf, leafOf } from './paths';
import type { RawSet } from './rawSet';
import { readRange } from './records';
import { SourceError, type SourceRaw } from './source';
import { gunzip, isGzip } from './unpack';

/** A file that was found, before it is known what it is for. */
export interface Found {
  path: string;
  bytes: () => Promise<Blob | Uint8Array>;
  /** The same where it may be a file of a binary data set; one of the two is called. */
  binary: () => Promise<Blob>;
}

/** What became of the files. */
interface Sorted {
  /** In the order of the files; within one, in its own. */
  pictures: SourceRaw[];
  /** The files that are none of a binary data set. */
  rest: Found[];
  /** One for each file that is. */
  lines: ReportLine[];
}

/** A list of classes is a few lines. */
const mostListBytes = 2 ** 16;
/** Files of one name and size are the same when they begin with the same bytes. */
const comparedBytes = 2 ** 16;
const listOfTen = /(^|\/)batches\.meta\.txt$/i;
const listOfFine = /(^|\/)fine_label_names\.txt$/i;
const otherList = /(^|\/)coarse_label_names\.txt$/i;
const cifarFile = /\.bin$/i;
/** The names of the official files. */
const officialTen = /(^|\/)(data_batch_\d+|test_batch)\.bin$/i;
const officialHundred = /(^|\/)(train|test)\.bin$/i;
/** CIFAR as Python objects, whose reading would run what they say. */
const pickledFile = /(^|\/)cifar-10+-(batches-py|python)\/[^/.]+(\.meta)?$/i;
const heldOutFile = /(^|[^a-z])(test|t10k|val|valid|validation)([^a-z]|$)/i;
const trainFile = /(^|[^a-z])(train|training|data_batch)([^a-z]|$)/i;

type Unpacking = Pick<OpenOptions, 'limits' | 'unpacked' | 'signal'>;

/** Takes the binary data sets out of `found`. Throws nothing on account of a file, and the signal's reason. */
export async function takeBinarySets(found: readonly Found[], options: Unpacking): Promise<Sorted> {
  const sorted: Sorted = { pictures: [], rest: [], lines: [] };
  const idx = found.flatMap((file) => {
    const name = readIdxName(file.path);
    return name ? [{ file, ...name }] : [];
  });
  const idxReader = new IdxReader(idx, sorted, options);
  const hasCifar = found.some(({ path }) => cifarFile.test(path));
  const lists = hasCifar ? await readLists(found, sorted) : new Map<string, CifarNames>();
  const isList = new Set(sorted.lines.map(({ path }) => path));
  const idxFiles = new Map(idx.map((named) => [named.file, named]));
  for (const file of found) {
    options.signal?.throwIfAborted();
    const named = idxFiles.get(file);
    try {
      if (named?.holds === 'images') await idxReader.take(named);
      else if (cifarFile.test(file.path)) await takeCifar(file, lists, sorted, options);
      else if (pickledFile.test(file.path)) skip(sorted, file.path, pickled);
      else if (!named && !isList.has(file.path)) sorted.rest.push(file);
    } catch (thrown) {
      options.signal?.throwIfAborted();
      skip(sorted, file.path, asSourceError(thrown));
    }
  }
  idxReader.finish();
  return sorted;
}

const pickled = new SourceError('unsupported-format', 'CIFAR for Python; choose its binary version');

function skip({ lines }: Sorted, path: string, { reason, detail }: SourceError): void {
  lines.push({ path, outcome: 'skipped', reason, detail });
}

function use({ lines }: Sorted, path: string, detail: string): void {
  lines.push({ path, outcome: 'used', reason: null, detail });
}

/** The lists of class names, by folder. */
async function readLists(found: readonly Found[], sorted: Sorted): Promise<Map<string, CifarNames>> {
  const lists = new Map<string, CifarNames>();
  for (const file of found) {
    const isTen = listOfTen.test(file.path);
    const isFine = listOfFine.test(file.path);
    if (!isTen && !isFine && !otherList.test(file.path)) continue;
    try {
      const content = await file.binary();
      const names = content.size <= mostListBytes ? readNames(await content.text()) : null;
      const folder = folderOf(file.path);
      const known = lists.get(folder) ?? { ten: null, fine: null };
      lists.set(folder, { ten: isTen ? names : known.ten, fine: isFine ? names : known.fine });
      use(sorted, file.path, 'names of classes');
    } catch (thrown) {
      skip(sorted, file.path, asSourceError(thrown));
    }
  }
  return lists;
}

async function takeCifar(
  file: Found,
  lists: ReadonlyMap<string, CifarNames>,
  sorted: Sorted,
  { limits }: Unpacking,
): Promise<void> {
  const content = await file.binary();
  const named = officialTen.test(file.path)
    ? 'CIFAR-10'
    : officialHundred.test(file.path)
      ? 'CIFAR-100'
      : null;
  const names = lists.get(folderOf(file.path)) ?? { ten: null, fine: null };
  const set = await readCifar(content, names, limits.entries, named);
  if (set) addPictures(set, file.path, sorted);
  else if (named !== null) throw new SourceError('damaged', 'no CIFAR file, or a damaged one');
  else sorted.rest.push({ ...file, bytes: async () => content });
}

interface NamedIdx extends IdxName {
  file: Found;
}

/** Brings pictures and labels of IDX files together. */
class IdxReader {
  /** By path; each file of labels is read once. */
  readonly #labels = new Map<string, Promise<Uint8Array>>();
  /** The first bytes of the files of pictures taken so far, by name and size. */
  readonly #taken = new Map<string, { path: string; head: Uint8Array }>();

  constructor(
    readonly idx: readonly NamedIdx[],
    readonly sorted: Sorted,
    readonly options: Unpacking,
  ) {}

  /** The pictures of a file. Collections on the web often hold the same file twice, spelled differently. */
  async take({ file, set }: NamedIdx): Promise<void> {
    const content = await unpacked(file, this.options);
    const head = await readRange(content, 0, comparedBytes);
    const key = `${content.size} ${set}`;
    const twin = this.#taken.get(key);
    if (twin?.head.every((byte, i) => byte === head[i])) {
      use(this.sorted, file.path, `the same as ${twin.path}`);
      return;
    }
    this.#taken.set(key, { path: file.path, head });
    const pictures = await readIdxPictures(content, this.options.limits.entries);
    addPictures(await this.#labelled(pictures, file, set), file.path, this.sorted);
  }

  /** Says what became of labels that no pictures asked for. */
  finish(): void {
    for (const { file, holds } of this.idx) {
      if (holds === 'images' || this.#labels.has(file.path)) continue;
      skip(this.sorted, file.path, new SourceError('no-images', 'labels without pictures of their own'));
    }
  }

  async #labelled(pictures: Omit<RawSet, 'classNames'>, file: Found, set: string): Promise<RawSet> {
    const unlabelled = { ...pictures, classNames: new Array<string | null>(pictures.count).fill(null) };
    const candidates = this.idx.filter((other) => other.holds === 'labels' && other.set === set);
    const beside = candidates.find((other) => folderOf(other.file.path) === folderOf(file.path));
    const source = beside ?? candidates[0];
    if (!source) return unlabelled;
    try {
      const labels = await this.#readLabels(source.file);
      if (labels.length < pictures.count) {
        throw new SourceError('damaged', `${labels.length} labels for ${pictures.count} pictures`);
      }
      use(this.sorted, source.file.path, `labels of ${leafOf(file.path)}`);
      return { ...pictures, classNames: Array.from(labels.subarray(0, pictures.count), String) };
    } catch (thrown) {
      this.options.signal?.throwIfAborted();
      skip(this.sorted, source.file.path, asSourceError(thrown));
      return unlabelled;
    }
  }

  #readLabels(file: Found): Promise<Uint8Array> {
    const known = this.#labels.get(file.path) ?? unpacked(file, this.options).then(readIdxLabels);
    this.#labels.set(file.path, known);
    return known;
  }
}

/** The content of a file that may be packed by itself. */
async function unpacked(file: Found, options: Unpacking): Promise<Blob> {
  const content = await file.binary();
  return (await isGzip(content)) ? gunzip(content, options) : content;
}

function addPictures(set: RawSet, path: string, sorted: Sorted): void {
  const stem = path.replace(/(\.bin|\.gz)+$/i, '');
  const digits = String(set.count).length;
  const leaf = leafOf(path);
  const heldOut = heldOutFile.test(leaf) ? true : trainFile.test(leaf) ? false : null;
  for (let i = 0; i < set.count; i++) {
    sorted.pictures.push({
      kind: 'raw',
      path: `${stem}/${String(i + 1).padStart(digits, '0')}`,
      raw: () => set.picture(i),
      className: set.classNames[i]!,
      heldOut,
    });
  }
  const cut = set.cutShort ? ', the file is cut short' : '';
  use(sorted, path, `${set.count} pictures of ${set.width} × ${set.height} px (${set.format})${cut}`);
}

function asSourceError(thrown: unknown): SourceError {
  return thrown instanceof SourceError
    ? thrown
    : new SourceError('damaged', `it cannot be read: ${messageOf(thrown)}`, { cause: thrown });
}
