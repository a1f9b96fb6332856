// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { DownloadError, fetchArchive, type Surroundings } from './fetchArchive';
import type { DownloadFailure } from './messages';

const zipped = new Uint8Array([0x50, 0x4b, 3, 4, 9, 9, 9]);
const url = 'https://a.org/x.zip';

interface Told {
  asked: RequestInit[];
  progress: [number, number | null][];
}

/** Surroundings in which `answer` decides, in order, what each request brings. */
function around(answers: (Response | Promise<Response> | Error)[], changes: Partial<Surroundings> = {}) {
  const told: Told = { asked: [], progress: [] };
  const surroundings: Surroundings = {
    fetch: async (_, init) => {
      told.asked.push(init);
      const answer = answers.shift() ?? new Error('asked too often');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    online: () => true,
    blocked: async () => false,
    progress: (received, total) => told.progress.push([received, total]),
    ...changes,
  };
  return { surroundings, told };
}

async function failure(
  answers: (Response | Promise<Response> | Error)[],
  changes: Partial<Surroundings> = {},
  guarded = true,
): Promise<DownloadFailure> {
  const { surroundings } = around(answers, changes);
  const outcome = await fetchArchive({ url, guarded }, surroundings).catch((thrown: unknown) => thrown);
  if (!(outcome instanceof DownloadError)) throw outcome;
  return outcome.failure;
}

const body = (bytes: BlobPart, headers?: HeadersInit) => new Response(new Blob([bytes]), { headers });

/** A response of one piece, and then what `end` does. */
function stream(end: (controller: ReadableStreamDefaultController) => void, headers?: HeadersInit): Response {
  let pulled = 0;
  return new Response(
    new ReadableStream({
      pull(controller) {
        if (pulled++ === 0) controller.enqueue(zipped);
        else end(controller);
      },
    }),
    { headers },
  );
}

describe('fetching an archive', () => {
  it('gives the bytes as they came, and tells how many', async () => {
    const { surroundings, told } = around([body(zipped, { 'content-length': '7' })]);
    const { file, archive } = await fetchArchive({ url, guarded: true }, surroundings);
    expect(archive).toBe('zip');
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(zipped);
    expect(told.progress.at(-1)).toEqual([7, 7]);
    expect(told.asked).toHaveLength(1);
    expect(told.asked[0]).toMatchObject({ credentials: 'omit', referrerPolicy: 'no-referrer' });
  });

  it('does not take the compressed length for that of the file', async () => {
    const { surroundings, told } = around([
      body(zipped, { 'content-length': '3', 'content-encoding': 'gzip' }),
    ]);
    await fetchArchive({ url, guarded: true }, surroundings);
    expect(told.progress.at(-1)).toEqual([7, null]);
  });

  it('knows TAR and GZ by their marks', async () => {
    const tar = new Uint8Array(1024);
    tar.set(new TextEncoder().encode('ustar'), 257);
    const kinds = await Promise.all(
      [tar, new Uint8Array([0x1f, 0x8b, 8, 0])].map((bytes) =>
        fetchArchive({ url, guarded: true }, around([body(bytes)]).surroundings),
      ),
    );
    expect(kinds.map(({ archive }) => archive)).toEqual(['tar', 'gz']);
  });

  it('stops at the first bytes of what is no archive', async () => {
    expect(await failure([body('\ufeff\n<!DOCTYPE html><p>log in')])).toEqual({
      kind: 'not-an-archive',
      found: 'page',
    });
    expect(await failure([body('PK but no ZIP')])).toEqual({ kind: 'not-an-archive', found: 'other' });
    expect(await failure([body('')])).toEqual({ kind: 'not-an-archive', found: 'empty' });
  });

  it('takes no more than the limit, announced or not', async () => {
    expect(await failure([body(zipped, { 'content-length': '7' })], { maxBytes: 6 })).toEqual({
      kind: 'too-large',
      limit: 6,
    });
    expect(await failure([body(zipped, { 'content-length': '5' })], { maxBytes: 6 })).toEqual({
      kind: 'too-large',
      limit: 6,
    });
  });

  it('says how far it came when the connection breaks or falls silent', async () => {
    const breaks = stream((controller) => controller.error(new TypeError('network')));
    expect(await failure([breaks])).toEqual({ kind: 'broken', received: 7 });
    expect(await failure([stream(() => {})], { patience: 20 })).toEqual({ kind: 'stalled', received: 7 });
    expect(await failure([new Promise<Response>(() => {})], { patience: 20 })).toEqual({
      kind: 'stalled',
      received: 0,
    });
  });

  it('names the status of a refusal', async () => {
    expect(await failure([new Response('', { status: 404 })])).toEqual({ kind: 'status', status: 404 });
  });
});

describe('a request that fails', () => {
  const failed = () => new TypeError('Failed to fetch');

  it('is told apart by a second one to the same host', async () => {
    expect(await failure([failed(), new Response()])).toEqual({ kind: 'not-allowed' });
    expect(await failure([failed(), failed()])).toEqual({ kind: 'unreachable' });
    expect(await failure([failed()], { online: () => false })).toEqual({ kind: 'offline' });
  });

  it('was passed on to another host where the policy stopped it', async () => {
    expect(await failure([failed()], { blocked: async () => true })).toEqual({ kind: 'redirect' });
    const reports = [false, true];
    expect(await failure([failed(), failed()], { blocked: async () => reports.shift()! })).toEqual({
      kind: 'redirect',
    });
  });

  it('without the policy follows no redirect and asks no second time', async () => {
    const { surroundings, told } = around([failed()]);
    await expect(fetchArchive({ url, guarded: false }, surroundings)).rejects.toMatchObject({
      failure: { kind: 'closed' },
    });
    expect(told.asked).toHaveLength(1);
    expect(told.asked[0]!.redirect).toBe('manual');
    expect(await failure([failed()], { blocked: async () => true }, false)).toEqual({ kind: 'policy' });
  });
});
