/** The manifest of a folder of awkward files: what a good importer does with each. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One file of the manifest; fields as its own `fields` explain them. */
export interface AwkwardFile {
  path: string;
  what: string;
  expect: 'import' | 'import-with-conversion' | 'skip' | 'refuse' | 'n/a';
  also_ok?: string[];
  reason?: string;
  also_reason?: string[];
  upright_size?: [number, number];
  quadrant_rgb?: Record<'tl' | 'tr' | 'bl' | 'br', [number, number, number]>;
  imported?: number;
  also_imported?: number[];
  skipped?: number;
  system_files?: number;
  classes?: string[];
}

/** What kind of file: pictures are imported together, archives and videos each by itself. */
export function kindOf({ path, expect }: AwkwardFile): 'picture' | 'archive' | 'video' | 'none' {
  if (expect === 'n/a') return 'none';
  if (/\.(zip|tar|t?gz|7z|rar)$/i.test(path)) return 'archive';
  return /\.(mp4|m4v|webm|ogv|avi|mov|mkv)$/i.test(path) ? 'video' : 'picture';
}

/** The files of the manifest in `folder`; null where there is none. @throws where it makes no sense */
export function readManifest(folder: string): AwkwardFile[] | null {
  const path = join(folder, 'MANIFEST.json');
  if (!existsSync(path)) return null;
  const { files } = JSON.parse(readFileSync(path, 'utf8')) as { files: AwkwardFile[] };
  return files;
}
