/** What passes between the test of awkward files and its page. */
import type { ReportLine } from '../../src/session/library';

/** What became of an import. */
export interface Outcome {
  error: { code: string; message: string } | null;
  lines: ReportLine[];
  /** Codes. */
  warnings: string[];
  set: {
    count: number;
    classNames: string[];
    pictures: { path: string; className: string | null; width: number; height: number }[];
  } | null;
}

/** A picture as it was read: upright size, and the mean red, green and blue of its quarters. */
export type Look = { width: number; height: number } & Record<'tl' | 'tr' | 'bl' | 'br', number[]>;
