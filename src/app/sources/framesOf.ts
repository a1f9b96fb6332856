/** Videos as folders of pictures: their frames go the same way as every other picture. */

import type { ReportLine, SkipReason } from '../../session/library';
import { plural } from '../format';
import { defaultSampling, framePath, frameTimes, type Sampling } from './video/frames';
import { type OpenVideo, openVideo, VideoFailure } from './video/openVideo';
import { readVideoHeader, type VideoHeader } from './video/videoHeader';

export interface FrameOptions extends Partial<Sampling> {
  /** Path of the video among the files chosen; its name where left out. Untrusted text. */
  path?: string;
  signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
}

export interface Frames {
  /** Below the video's path as a folder; none where it could not be read. */
  files: { path: string; file: Blob }[];
  /** What became of the video, for the report. */
  line: ReportLine;
}

/** A video among the files that were chosen. */
export interface Video {
  path: string;
  file: File;
}

export interface AllFramesOptions extends Partial<Sampling> {
  signal?: AbortSignal;
  /** Videos done, of all, with the part of the one at `path` that is being read. */
  onProgress?(done: number, total: number, path: string): void;
}

/** Takes frames out of one video after the other. @throws only the signal's reason */
export async function framesOfAll(
  videos: readonly Video[],
  { onProgress, ...options }: AllFramesOptions = {},
): Promise<{ files: Frames['files']; lines: ReportLine[] }> {
  const files: Frames['files'] = [];
  const lines: ReportLine[] = [];
  for (const [i, { path, file }] of videos.entries()) {
    const within = (done: number, total: number) => onProgress?.(i + done / total, videos.length, path);
    within(0, 1);
    const frames = await framesOf(file, { ...options, path, onProgress: within });
    files.push(...frames.files);
    lines.push(frames.line);
  }
  return { files, lines };
}

/** Takes frames out of a video. @throws only the signal's reason */
export async function framesOf(file: File, options: FrameOptions = {}): Promise<Frames> {
  const path = options.path ?? file.name;
  const left = (reason: SkipReason, detail: string): Frames => ({
    files: [],
    line: { path, outcome: 'skipped', reason, detail },
  });
  if (file.size === 0) return left('empty', 'an empty file');
  let header: VideoHeader | null;
  try {
    header = await readVideoHeader(file);
  } catch {
    return left('unreadable', 'it cannot be read any more: moved, changed, or not yours to read');
  }
  if (header === null) return left('not-a-video', 'what is in it is no video');
  if (header.noIndex) return left('damaged', `${header.container} video cut off before its index`);
  let video: OpenVideo;
  try {
    video = await openVideo(file, options.signal);
  } catch (thrown) {
    if (!(thrown instanceof VideoFailure)) throw thrown;
    return left(...whyNot(header));
  }
  try {
    if (video.width === 0) return left(...whyNot(header));
    const { files, detail } = await take(video, path, header, options);
    if (files.length === 0) return left('damaged', 'no frame of it can be shown');
    return { files, line: { path, outcome: 'used', reason: null, detail } };
  } finally {
    video.close();
  }
}

/** Why a video shows no picture. */
function whyNot({ container, codec, hasPicture, cutShort }: VideoHeader): [SkipReason, string] {
  if (hasPicture === false) return ['no-video-track', 'sound without a picture'];
  if (cutShort) return ['damaged', `${container} video cut short`];
  const what = codec === null ? `${container} video` : `${codec} in ${container}`;
  return ['unsupported-format', `${what}: this browser cannot show it`];
}

async function take(
  video: OpenVideo,
  path: string,
  header: VideoHeader,
  { every, most, signal, onProgress }: FrameOptions,
): Promise<{ files: Frames['files']; detail: string }> {
  const { times, step } = frameTimes(video.duration, {
    every: every ?? defaultSampling.every,
    most: most ?? defaultSampling.most,
  });
  const files: Frames['files'] = [];
  let reached = video.duration;
  for (const [i, time] of times.entries()) {
    signal?.throwIfAborted();
    onProgress?.(i, times.length);
    const frame = await frameAt(video, time);
    if (frame === null) {
      reached = time;
      break;
    }
    files.push({ path: framePath(path, i + 1, time, step), file: frame });
  }
  onProgress?.(times.length, times.length);
  const many = plural(files.length, 'frame');
  if (reached < video.duration || header.cutShort) {
    const at =
      reached < video.duration ? `, before ${reached.toFixed(1)} s of ${video.duration.toFixed(1)} s` : '';
    return { files, detail: `${many}; it ends early${at}` };
  }
  return { files, detail: files.length === 1 ? many : `${many}, one every ${seconds(step)} s` };
}

/** What cannot be sought or decoded any more is where the video ends. */
async function frameAt(video: OpenVideo, time: number): Promise<Blob | null> {
  try {
    return await video.frame(time);
  } catch (thrown) {
    if (thrown instanceof VideoFailure) return null;
    throw thrown;
  }
}

/** 0.5, 2, 12.3. */
const seconds = (value: number) => String(Number(value.toFixed(value < 1 ? 2 : 1)));
