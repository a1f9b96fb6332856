/** A file that a person chose, whatever it comes from: a picker, a drop, or a folder on disk. */
export interface FolderFile {
  /** Path with '/', with or without the name of the folder chosen. Untrusted text. */
  path: string;
  /** Reads the file; called at most once, and late, so that only a few files are in memory at a time. */
  bytes: () => Promise<Blob | Uint8Array>;
}
