/** The lines of a report: which are shown, in which order, in which words, and as a file. */

import { writeCsv } from '../../../labels/csvText';
import type { ImportReport, ReportLine, SkipReason } from '../../../session/library';

type Outcome = ReportLine['outcome'];

/** What deserves to be read comes first. */
export const outcomes = ['skipped', 'converted', 'used', 'imported'] as const satisfies readonly Outcome[];

export const outcomeWords: Readonly<Record<Outcome, string>> = {
  imported: 'as it is',
  converted: 'converted',
  skipped: 'skipped',
  used: 'read for what it says',
};

export const reasonWords: Readonly<Record<SkipReason, string>> = {
  empty: 'empty',
  damaged: 'damaged',
  'not-an-image': 'no picture',
  'unsupported-format': 'a format that browsers do not read',
  'system-file': 'a file of the system',
  'too-many-pixels': 'too many pixels',
  'too-small': 'too small',
  'too-large': 'too large',
  'unsafe-path': 'a path that leads out of its archive',
  encrypted: 'encrypted',
  'nested-archive': 'an archive in an archive',
  link: 'a link',
  'unsupported-compression': 'a compression that is not read',
  'no-images': 'no pictures in it',
  'not-a-video': 'no video',
  'no-video-track': 'no moving pictures in it',
  'mask-unfit': 'a mask that does not fit',
  limit: 'beyond a limit',
  unreadable: 'the system does not open it',
};

export interface LineFilter {
  outcome: Outcome | null;
  reason: SkipReason | null;
  /** Parts of a path or of what is said of it, in any order and case. */
  search: string;
}

export const everyLine: LineFilter = { outcome: null, reason: null, search: '' };

/** How many lines there are of each outcome, and of each reason among the skipped ones, the most frequent first. */
export function countLines(lines: readonly ReportLine[]) {
  const ofOutcome = new Map<Outcome, number>();
  const ofReason = new Map<SkipReason, number>();
  for (const { outcome, reason } of lines) {
    ofOutcome.set(outcome, (ofOutcome.get(outcome) ?? 0) + 1);
    if (reason !== null) ofReason.set(reason, (ofReason.get(reason) ?? 0) + 1);
  }
  return { ofOutcome, reasons: [...ofReason].sort(([, a], [, b]) => b - a) };
}

/** The lines that a filter lets through, what was skipped first, else in the order of the report. */
export function visibleLines(lines: readonly ReportLine[], filter: LineFilter): ReportLine[] {
  const words = filter.search.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (line: ReportLine) => {
    if (filter.outcome !== null && line.outcome !== filter.outcome) return false;
    if (filter.reason !== null && line.reason !== filter.reason) return false;
    if (words.length === 0) return true;
    const why = line.reason === null ? '' : reasonWords[line.reason];
    const text = `${line.path} ${whatBecame(line)} ${why}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const shown = lines.filter(fits);
  return outcomes.flatMap((outcome) => shown.filter((line) => line.outcome === outcome));
}

/** What became of a file, in words. */
export function whatBecame({ outcome, reason, detail }: ReportLine): string {
  if (detail !== '') return detail;
  return reason === null ? outcomeWords[outcome] : reasonWords[reason];
}

/** The lines of all reports as a table; no cell runs as a formula. */
export function reportCsv(reports: readonly ImportReport[]): string {
  return writeCsv(
    ['path', 'outcome', 'reason', 'detail'],
    reports.flatMap(({ lines }) =>
      lines.map(({ path, outcome, reason, detail }) => [path, outcome, reason ?? '', detail]),
    ),
  );
}
