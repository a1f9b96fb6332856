/** Opens a file that holds others, whatever its kind. */
import { largerThan, type OpenedArchive, type OpenOptions } from './archive';
import { extensionOf, type FileKind } from './fileKind';
import { SourceError } from './source';
import { beginsTar, openTar } from './tar';
import { gunzip, isGzip } from './unpack';
import { openZip } from './zip';

/** A single packed file. */
interface OpenedFile {
  /** Its path without the packing's extension. */
  path: string;
  /** @throws SourceError */
  only: () => Promise<Blob>;
  /** The same where it is a binary data set, which may be larger. @throws SourceError */
  binary: () => Promise<Blob>;
}

/**
 * What is inside `path`. Throws `SourceError` where nothing of it can be used, an abort as it comes.
 */
export async function openContainer(
  path: string,
  kind: FileKind,
  read: () => Promise<Blob>,
  options: OpenOptions,
): Promise<OpenedArchive | OpenedFile> {
  if (kind === 'other-archive') {
    const detail = `${extensionOf(path)} archives cannot be read, only ZIP, TAR and GZ`;
    throw new SourceError('unsupported-format', detail);
  }
  const content = await read();
  if (content.size === 0) throw new SourceError('empty', 'empty');
  if (kind === 'zip') return openZip(content, options);
  const unpacked = (await isGzip(content)) ? await gunzip(content, options) : content;
  const head = new Uint8Array(await unpacked.slice(0, 512).arrayBuffer());
  if (kind === 'tar' || /\.tgz$/i.test(path) || beginsTar(head)) return openTar(unpacked, options);
  const within = (most: number) => async () => {
    if (unpacked.size > most) throw largerThan(most);
    return unpacked;
  };
  return {
    path: path.replace(/\.gz$/i, ''),
    only: within(options.limits.entryBytes),
    binary: within(options.limits.binaryBytes),
  };
}
