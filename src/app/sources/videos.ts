/** Videos among the files of a folder or a drop: each becomes a folder of its frames. */

import type { ReportLine } from '../../session/library';
import type { AllFramesOptions } from './framesOf';

export interface ChosenFile {
  path: string;
  file: File;
}

/** Files to import, and what became of the videos that they came from. */
export interface Unpacked {
  files: { path: string; file: Blob }[];
  lines: ReportLine[];
}

const endings = /\.(mp4|m4v|mov|qt|webm|mkv|ogv|avi|wmv|asf|flv|mpe?g|m2ts|mts|3gp|3g2)$/i;

/** Whether a file says of itself that it is a video. */
export function looksLikeVideo({ path, file }: ChosenFile): boolean {
  return endings.test(path) || file.type.startsWith('video/');
}

/**
 * Replaces the videos among `chosen` by their frames, one video after the other; all else stays as it is. What reads
 * them is fetched when there is one. @throws the signal's reason
 */
export async function unpackVideos(
  chosen: readonly ChosenFile[],
  options: AllFramesOptions = {},
): Promise<Unpacked> {
  const videos = chosen.filter(looksLikeVideo);
  const others = chosen.filter((one) => !looksLikeVideo(one));
  if (videos.length === 0) return { files: others, lines: [] };
  const { framesOfAll } = await import('./framesOf');
  const { files, lines } = await framesOfAll(videos, options);
  return { files: [...others, ...files], lines };
}
