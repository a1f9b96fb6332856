/**
 * Fetches an archive from one host into a Blob, within limits, and finds out why where that does not work: to a page
 * every refusal looks the same, and only a second, unreadable request tells a host that does not answer from one that
 * does not allow it.
 */
import type { DownloadFailure, DownloadRequest } from './messages';

/** The largest file that is taken, bytes. */
const maxDownloadBytes = 4 * 2 ** 30;
/** How long a host may say nothing, ms. */
const patience = 60_000;
/** Received bytes are handed to the browser's blob store, which keeps them on disk, in pieces of this size. */
const pieceBytes = 16 * 2 ** 20;
/** What is looked at to tell an archive: tar has its mark at byte 257. */
const headBytes = 512;

/** What it needs of a worker, so that tests can fake it. */
export interface Surroundings {
  fetch(url: string, init: RequestInit): Promise<Response>;
  online(): boolean;
  /** Whether the content-security policy has stopped a request. */
  blocked(): Promise<boolean>;
  progress(received: number, total: number | null): void;
  maxBytes?: number;
  patience?: number;
}

export interface Archive {
  file: Blob;
  archive: 'zip' | 'tar' | 'gz';
}

/** A failure with its code, thrown inside and told to the page. */
export class DownloadError extends Error {
  override readonly name = 'DownloadError';
  constructor(readonly failure: DownloadFailure) {
    super(failure.kind);
  }
}

const quietly: RequestInit = { credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' };

/** @throws DownloadError */
export async function fetchArchive(request: DownloadRequest, around: Surroundings): Promise<Archive> {
  const controller = new AbortController();
  try {
    const response = await withPatience(ask(request, around, controller.signal), 0, around);
    if (response.type === 'opaqueredirect') throw new DownloadError({ kind: 'redirect' });
    if (!response.ok) throw new DownloadError({ kind: 'status', status: response.status });
    return await receive(response, around);
  } finally {
    controller.abort();
  }
}

async function ask(request: DownloadRequest, around: Surroundings, signal: AbortSignal): Promise<Response> {
  const { url, guarded } = request;
  try {
    // Without the policy nothing would stop a redirect from reaching a host that nobody named.
    return await around.fetch(url, { ...quietly, redirect: guarded ? 'follow' : 'manual', signal });
  } catch {
    throw new DownloadError(await whyNot(request, around, signal));
  }
}

async function whyNot(
  { url, guarded }: DownloadRequest,
  around: Surroundings,
  signal: AbortSignal,
): Promise<DownloadFailure> {
  if (!around.online()) return { kind: 'offline' };
  if (await around.blocked()) return { kind: guarded ? 'redirect' : 'policy' };
  // The question below follows redirects wherever they lead, so it needs the policy.
  if (!guarded) return { kind: 'closed' };
  try {
    await around.fetch(url, { ...quietly, method: 'HEAD', mode: 'no-cors', signal });
    return { kind: 'not-allowed' };
  } catch {
    return { kind: (await around.blocked()) ? 'redirect' : 'unreachable' };
  }
}

async function receive(response: Response, around: Surroundings): Promise<Archive> {
  const most = around.maxBytes ?? maxDownloadBytes;
  const announced = Number(response.headers.get('content-length') ?? Number.NaN);
  // What is sent compressed is announced compressed.
  const total =
    Number.isSafeInteger(announced) && !response.headers.has('content-encoding') ? announced : null;
  if (total !== null && total > most) throw new DownloadError({ kind: 'too-large', limit: most });
  const reader = response.body?.getReader();
  const pieces: Blob[] = [];
  let chunks: Uint8Array<ArrayBuffer>[] = [];
  let held = 0;
  let received = 0;
  let archive: Archive['archive'] | null = null;
  try {
    for (;;) {
      const { done, value } = await next(reader, received, around);
      if (value !== undefined) {
        chunks.push(value);
        held += value.length;
        received += value.length;
        if (received > most) throw new DownloadError({ kind: 'too-large', limit: most });
      }
      if (archive === null && (received >= headBytes || done)) archive = recognise(joined(chunks));
      if (held >= pieceBytes || done) {
        pieces.push(new Blob(chunks));
        chunks = [];
        held = 0;
      }
      around.progress(received, total);
      if (done) break;
    }
  } finally {
    reader?.cancel().catch(() => undefined);
  }
  if (archive === null) throw new DownloadError({ kind: 'not-an-archive', found: 'empty' });
  return { file: new Blob(pieces), archive };
}

type Chunk = { done: boolean; value?: Uint8Array<ArrayBuffer> };

async function next(
  reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined,
  received: number,
  around: Surroundings,
): Promise<Chunk> {
  if (reader === undefined) return { done: true };
  try {
    return await withPatience<Chunk>(reader.read(), received, around);
  } catch (thrown) {
    if (thrown instanceof DownloadError) throw thrown;
    throw new DownloadError(around.online() ? { kind: 'broken', received } : { kind: 'offline' });
  }
}

/** What `promise` brings, or the failure that it did not in time. */
async function withPatience<T>(promise: Promise<T>, received: number, around: Surroundings): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new DownloadError({ kind: 'stalled', received })),
      around.patience ?? patience,
    );
  });
  try {
    return await Promise.race([promise, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const head = new Uint8Array(headBytes);
  let filled = 0;
  for (const chunk of chunks) {
    head.set(chunk.subarray(0, headBytes - filled), filled);
    filled = Math.min(headBytes, filled + chunk.length);
  }
  return head.subarray(0, filled);
}

/** Tells an archive by its first bytes. @throws DownloadError for everything else */
function recognise(head: Uint8Array): Archive['archive'] {
  const text = (from: number, length: number) =>
    String.fromCharCode(...head.subarray(from, from + length)).toLowerCase();
  if (['pk\x03\x04', 'pk\x05\x06'].includes(text(0, 4))) return 'zip';
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gz';
  if (text(257, 5) === 'ustar') return 'tar';
  if (head.length === 0) throw new DownloadError({ kind: 'not-an-archive', found: 'empty' });
  const page = /^\s*<(!doctype|html|head|body|\?xml)/.test(text(0, headBytes).replace('\xef\xbb\xbf', ''));
  throw new DownloadError({ kind: 'not-an-archive', found: page ? 'page' : 'other' });
}
