/** The library as the page knows it: the client, and what passes between the two. */

export type {
  BuiltinPreview,
  ImportOutcome,
  ImportRequest,
  Library,
  LibraryProgress,
  LibraryState,
  Underway,
} from './library';
export { LibraryClient } from './libraryClient';
export type {
  BuiltinRequest,
  Conversion,
  ImportReport,
  KeptLabels,
  LibraryCommand,
  LibraryEvent,
  LostImport,
  ReportLine,
  SetColumns,
  SetSummary,
  SkipReason,
  StorageReport,
} from './protocol';
