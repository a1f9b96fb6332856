/** What each cell of the attention grid shows: which numbers of a report, painted how, called what. */

import type { AttentionReport } from '../../../session/protocol';
import { type Grid, headMean, outlinePath, paintHeat, paintMask, pictureAt } from './paint';

export type Network = 'student' | 'teacher';

/** The network that scores are of: the teacher where there is one. */
export function scoredNetworkOf(report: AttentionReport): Network {
  return report.teacher === null ? 'student' : 'teacher';
}

/** A row of the grid: the pictures, one head, the mean over heads, the masks. */
export type MapRow = 'picture' | 'mean' | 'mask' | number;

/** The rows for a network of `heads` heads; a mean of one head would say nothing new. */
export function mapRows(heads: number): MapRow[] {
  const each = Array.from({ length: heads }, (_, head) => head);
  return heads > 1 ? ['picture', ...each, 'mean', 'mask'] : ['picture', ...each, 'mask'];
}

export function rowLabel(row: MapRow): string {
  return typeof row === 'number' ? `head ${row + 1}` : row;
}

/** One picture's part of a report under one network. */
export interface PictureMaps {
  heads: number;
  grid: Grid;
  size: number;
  picture: Uint8ClampedArray;
  /** [heads, patches] attention and 0/1 masks. */
  maps: Float32Array;
  masks: Uint8Array;
  /** [heads] percent; known for the scored network only, null without true masks. */
  jaccard: Float32Array | null;
}

/** @param network taken as the student's where there is no teacher */
export function pictureMaps(report: AttentionReport, network: Network, i: number): PictureMaps {
  const { heads, rows, cols, imageSize } = report;
  const ofTeacher = network === 'teacher' ? report.teacher : null;
  const length = heads * rows * cols;
  const part = <T extends Float32Array | Uint8Array>(all: T) =>
    all.subarray(i * length, (i + 1) * length) as T;
  return {
    heads,
    grid: { rows, cols },
    size: imageSize,
    picture: pictureAt(report.pictures, i, imageSize),
    maps: part(ofTeacher ?? report.student),
    masks: part(ofTeacher === null ? report.studentMasks : (report.teacherMasks ?? report.studentMasks)),
    jaccard: network === scoredNetworkOf(report) ? pictureScores(report, i) : null,
  };
}

/** [heads] Jaccard of the masks of one picture; null where no true mask is known. */
function pictureScores({ jaccard, heads }: AttentionReport, i: number): Float32Array | null {
  const scores = jaccard?.subarray(i * heads, (i + 1) * heads) ?? null;
  return scores?.some(Number.isNaN) ? null : scores;
}

/** The pixels of one cell. */
export function paintCell(maps: PictureMaps, row: MapRow): Uint8ClampedArray {
  const { heads, grid, picture, size } = maps;
  const patches = grid.rows * grid.cols;
  if (row === 'picture') return picture;
  if (row === 'mask') return paintMask(picture, headMean(maps.masks, heads, patches), grid, size);
  const attention =
    row === 'mean'
      ? headMean(maps.maps, heads, patches)
      : maps.maps.subarray(row * patches, (row + 1) * patches);
  return paintHeat(picture, attention, grid, size);
}

/** Outline of one head's mask, in patches; null for the rows that are not a head. */
export function maskOutline(maps: PictureMaps, row: MapRow): string | null {
  if (typeof row !== 'number') return null;
  const patches = maps.grid.rows * maps.grid.cols;
  return outlinePath(maps.masks.subarray(row * patches, (row + 1) * patches), maps.grid);
}

/** One sentence on what a cell shows. */
export function describeCell(maps: PictureMaps, row: MapRow, threshold: number): string {
  const share = `${Math.round(threshold * 100)} %`;
  const patches = maps.grid.rows * maps.grid.cols;
  if (row === 'picture') return 'as the network sees it';
  if (row === 'mask') {
    const mean = maps.jaccard && maps.jaccard.reduce((sum, value) => sum + value, 0) / maps.heads;
    const score = mean === null ? '' : `; Jaccard ${mean.toFixed(0)}, mean over heads`;
    return `the patches that hold ${share} of a head’s attention, brighter where more heads agree${score}`;
  }
  const attention =
    row === 'mean'
      ? headMean(maps.maps, maps.heads, patches)
      : maps.maps.subarray(row * patches, (row + 1) * patches);
  const peak = `strongest patch ${(100 * Math.max(...attention)).toFixed(1)} %, an even share is ${(100 / patches).toFixed(1)} %`;
  if (row === 'mean') return `mean of all heads; ${peak}`;
  const score = maps.jaccard ? `; Jaccard of its mask ${maps.jaccard[row]!.toFixed(0)}` : '';
  return `${peak}${score}`;
}
