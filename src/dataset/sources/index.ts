/** What is inside the files chosen: plain files, archives, binary data sets. */
export type { ArchiveLimits } from './limits';
export { openSources, type SourceOptions } from './openSources';
export {
  type RawPixels,
  type SourceArchive,
  SourceError,
  type SourceFile,
  type SourcePicture,
  type SourceRaw,
  type Sources,
} from './source';
