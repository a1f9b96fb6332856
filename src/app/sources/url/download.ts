/** The page's end of a download: starts the worker for one host, and ends it with the answer. */

import * as v from 'valibot';
import { PawsaurError } from '../../../platform/errors';
import type { Address } from './address';
import workerUrl from './downloadWorker?worker&url';
import { downloadError } from './failures';
import { type DownloadEvent, type DownloadRequest, downloadEventSchema } from './messages';

export interface Download {
  /** Rejects with a `PawsaurError`; 'aborted' once it was cancelled. */
  done: Promise<File>;
  cancel(): void;
}

/** Fetches the archive at `address`. Nothing is sent to its host before this is called. */
export function startDownload(
  address: Address,
  onProgress: (received: number, total: number | null) => void,
): Download {
  const script = `${workerUrl}?${new URLSearchParams({ host: address.origin })}`;
  const end = new AbortController();
  const { signal } = end;
  const done = (async () => {
    // The worker's own script may not load then, and could not say why.
    if (!navigator.onLine) throw downloadError({ kind: 'offline' }, address.host);
    const guarded = await isGuarded(script, address.origin, signal);
    return await inWorker(script, { url: address.url, guarded }, address, onProgress, signal);
  })().finally(() => end.abort());
  return { done, cancel: () => end.abort() };
}

/** Whether the server of this page holds the worker to that host: it may, and a host of plain files cannot. */
async function isGuarded(script: string, origin: string, signal: AbortSignal): Promise<boolean> {
  try {
    const answer = await fetch(script, { method: 'HEAD', signal });
    // To its end, empty as it is: what is cut off would count as failed.
    await answer.arrayBuffer();
    const policy = answer.headers.get('content-security-policy') ?? '';
    return policy.split(';').some((directive) => directive.trim() === `connect-src ${origin}`);
  } catch {
    return false;
  }
}

function inWorker(
  script: string,
  request: DownloadRequest,
  address: Address,
  onProgress: (received: number, total: number | null) => void,
  signal: AbortSignal,
): Promise<File> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(stopped());
    const worker = new Worker(script, { type: 'module', name: 'pawsaur-download' });
    signal.addEventListener('abort', () => {
      worker.terminate();
      reject(stopped());
    });
    const take = (event: DownloadEvent) => {
      if (event.type === 'progress') onProgress(event.received, event.total);
      else if (event.type === 'failed') reject(downloadError(event.failure, address.host));
      else resolve(named(event.file, event.archive, address.fileName));
    };
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      const parsed = v.safeParse(downloadEventSchema, data);
      if (parsed.success) take(parsed.output);
      else reject(downloadError({ kind: 'unexpected' }, address.host));
    });
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      reject(downloadError({ kind: 'unexpected' }, address.host));
    });
    worker.postMessage(request);
  });
}

const stopped = () => new PawsaurError('aborted', 'Stopped on request.');

/** The archive under its own name, with an ending that says what it is. */
function named(file: Blob, archive: 'zip' | 'tar' | 'gz', name: string): File {
  const ending = { zip: /\.zip$/i, tar: /\.tar$/i, gz: /\.(gz|tgz)$/i }[archive];
  return new File([file], ending.test(name) ? name : `${name}.${archive}`);
}
