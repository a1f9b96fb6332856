/**
 * What became of every file of an import, in codes for programs and words for people. Paths are untrusted text, to
 * be shown as text only.
 */

/** Why a file was left out. */
export const skipReasons = [
  'empty',
  'damaged',
  'not-an-image',
  'unsupported-format',
  'system-file',
  'too-many-pixels',
  'too-small',
  'too-large',
  'unsafe-path',
  'encrypted',
  'nested-archive',
  'link',
  'unsupported-compression',
  'no-images',
  'not-a-video',
  'no-video-track',
  'mask-unfit',
  'limit',
  'unreadable',
] as const;
export type SkipReason = (typeof skipReasons)[number];

/** What was changed about a picture that came in, beside its size: laid over white, first frame taken … */
export const conversions = [
  'first-frame',
  'eight-bits',
  'flattened',
  'cmyk',
  'grey',
  'palette',
  'shrunk',
] as const;
export type Conversion = (typeof conversions)[number];

/** One file. */
export interface ReportLine {
  /** Path inside the folder or archive chosen. */
  path: string;
  /** `used`: no picture, but read for what it says: a mask, a list of labels. */
  outcome: 'imported' | 'converted' | 'skipped' | 'used';
  /** Why it was skipped; null otherwise. */
  reason: SkipReason | null;
  /** Part of a sentence: '4032 × 3024 px JPEG', 'first of 6 frames', 'damaged or cut short'. May be empty. */
  detail: string;
}

/** Something about the set as a whole that a person should know. */
export interface SetWarning {
  /** Stable, such as 'duplicates' or 'conflicting-labels'. */
  code: string;
  /** A sentence, or two. */
  message: string;
}

/** An import, file by file. */
export interface ImportReport {
  /** Name of what was imported. */
  name: string;
  /** ISO 8601. */
  at: string;
  seconds: number;
  lines: ReportLine[];
  warnings: SetWarning[];
}
