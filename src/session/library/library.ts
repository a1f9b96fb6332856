/** What the page may ask of the library: the interface that `libraryClient.ts` keeps and tests fake. */
import type { ErrorReport } from '../protocol';
import type {
  BuiltinRequest,
  ImportReport,
  KeptLabels,
  LostImport,
  ReportLine,
  SetColumns,
  SetSummary,
  StorageReport,
} from './protocol';

/** How far an import or an export is. */
export interface LibraryProgress {
  stage: 'listing' | 'reading' | 'writing' | 'packing';
  done: number;
  total: number;
}

/** The latest of everything; replaced, never changed in place. */
export interface LibraryState {
  /** `starting` until the first list has come; `dead`: `error` says why. */
  connection: 'starting' | 'ready' | 'dead';
  /** The newest first. */
  sets: readonly SetSummary[];
  storage: StorageReport | null;
  /** Imports that ended with their page. */
  lost: readonly LostImport[];
  error: ErrorReport | null;
}

export interface ImportRequest {
  name: string;
  files: { path: string; file: Blob }[];
  /** What became of files that the page read itself, such as videos; kept with the report. */
  lines?: ReportLine[];
  /** Id of a set to add to; a new one where left out. */
  into?: string;
  /** Side of the stored squares, px; where left out the pictures decide. */
  size?: number;
}

/** What came of an import; the report is there either way. */
export type ImportOutcome =
  | { ok: true; set: SetSummary; report: ImportReport }
  | { ok: false; error: ErrorReport; report: ImportReport | null };

/** Something long that goes on. */
export interface Underway<T> {
  done: Promise<T>;
  cancel(): void;
}

/** Pictures of a built-in set, as it would be. */
export interface BuiltinPreview {
  size: number;
  classNames: string[];
  labels: Int32Array;
  /** [n, size, size, 4] RGBA. */
  pixels: Uint8ClampedArray;
  /** [n, size, size] 0/1. */
  masks: Uint8Array;
}

export interface Library {
  getState(): LibraryState;
  /** Calls `listener` after every change of state; returns the way to stop that. */
  subscribe(listener: () => void): () => void;
  /** Starts the worker, which lists the sets. */
  connect(): void;
  /** Never rejects: failures are outcomes. A cancelled import has the error code 'aborted'. */
  importFiles(
    request: ImportRequest,
    onProgress?: (progress: LibraryProgress) => void,
  ): Underway<ImportOutcome>;
  /** @throws PawsaurError, as all that follow */
  rename(set: string, name: string): Promise<void>;
  remove(set: string): Promise<void>;
  exclude(set: string, rows: Int32Array, excluded: boolean): Promise<void>;
  reports(set: string): Promise<ImportReport[]>;
  columns(set: string): Promise<SetColumns>;
  /** A ZIP of pictures, labels and masks that imports again to the same set. */
  exportSet(
    what: string | BuiltinRequest,
    onProgress?: (progress: LibraryProgress) => void,
  ): Underway<{ fileName: string; file: Blob }>;
  preview(builtin: BuiltinRequest, count: number): Promise<BuiltinPreview>;
  keepLabels(key: string, labels: KeptLabels | null): Promise<void>;
  labels(key: string): Promise<KeptLabels | null>;
  dismissLost(id: string): Promise<void>;
}
