/** The sentences of an import's report and of its refusal. */
import type { PictureRead } from '../reading/pictureReader';
import type { Conversion, ReportLine, SkipReason } from './report';

const conversionWords: Record<Conversion, string> = {
  'first-frame': 'the first frame of an animation',
  'eight-bits': 'brought to 8 bits a channel',
  flattened: 'transparency laid over white',
  cmyk: 'CMYK turned to RGB',
  grey: 'grey, spread over three channels',
  palette: 'palette turned to RGB',
  shrunk: 'shrunk from a large photo',
};

/** What is wrong with several files: 'n of them are …'. */
const reasonWords: Record<SkipReason, string> = {
  empty: 'empty',
  damaged: 'damaged or cut short',
  'not-an-image': 'no pictures',
  'unsupported-format': 'of kinds that cannot be read',
  'system-file': 'files of the system',
  'too-many-pixels': 'too large in pixels',
  'too-small': 'too small',
  'too-large': 'too large',
  'unsafe-path': 'named by paths that lead out of the folder',
  encrypted: 'protected by a password',
  'nested-archive': 'archives inside an archive',
  link: 'links to other files',
  'unsupported-compression': 'packed by methods that are not supported',
  'no-images': 'without pictures',
  'not-a-video': 'no videos',
  'no-video-track': 'videos without a picture',
  'mask-unfit': 'masks without a picture that fits',
  limit: 'beyond the limits of an import',
  unreadable: 'not readable',
};

/** The line of a picture that came in. */
export function pictureLine(path: string, read: Omit<PictureRead, 'rgb'>): ReportLine {
  const { width, height, format, conversions } = read;
  return {
    path,
    outcome: conversions.length > 0 ? 'converted' : 'imported',
    reason: null,
    detail: [
      `${width} × ${height} px ${format}`,
      ...conversions.map((conversion) => conversionWords[conversion]),
    ].join(', '),
  };
}

export function skippedLine(path: string, reason: SkipReason, detail: string): ReportLine {
  return { path, outcome: 'skipped', reason, detail };
}

export function usedLine(path: string, detail: string): ReportLine {
  return { path, outcome: 'used', reason: null, detail };
}

/** Why nothing came of an import whose files became `lines`, in a sentence. */
export function nothingCame(name: string, lines: readonly ReportLine[]): string {
  const skipped = lines.filter(({ outcome, reason }) => outcome === 'skipped' && reason !== 'system-file');
  const [first] = skipped;
  if (first === undefined) return `There are no pictures in “${name}”.`;
  if (skipped.length === 1) {
    return `The one file in “${name}” cannot be used: ${first.path}: ${first.detail}.`;
  }
  const counts = new Map<SkipReason, number>();
  for (const { reason } of skipped) if (reason) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const reasons = [...counts].sort(([, a], [, b]) => b - a);
  const none = `None of the ${skipped.length} files in “${name}” can be used`;
  if (reasons.length === 1) return `${none}: they are ${reasonWords[reasons[0]![0]]}.`;
  const said = reasons.map(
    ([reason, count]) => `${count} ${count === 1 ? 'is' : 'are'} ${reasonWords[reason]}`,
  );
  return `${none}: ${said.slice(0, -1).join(', ')} and ${said.at(-1)}.`;
}
