import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PictureReader, ReadResult, ReadTask } from '../../dataset/reading/pictureReader';
import { createDecodePool, type DecodeHandlers, type DecodePort } from './decodePool';

/** A worker that does what its test says. */
class FakeWorker implements DecodePort {
  tasks: ReadTask[] = [];
  ended = false;

  constructor(readonly handlers: DecodeHandlers) {}

  post(task: ReadTask): void {
    this.tasks.push(task);
  }
  close(): void {
    this.ended = true;
  }
  comeUp(): void {
    this.handlers.said('ready');
  }
  answer(result: ReadResult): void {
    this.handlers.said(result);
  }
  die(): void {
    this.handlers.failed();
  }
}

const task = (side: number): ReadTask => ({ bytes: new Uint8Array(1), side, as: 'picture' });
const result = (detail: string): ReadResult => ({ kind: 'refused', reason: 'empty', detail });

function pool(options: { workers?: number; patience?: number } = {}) {
  const started: FakeWorker[] = [];
  const fallback: PictureReader = {
    read: async ({ side }) => result(`here ${side}`),
    concurrency: 1,
    close: () => undefined,
  };
  const reader = createDecodePool({
    workers: 2,
    start: (handlers) => {
      const worker = new FakeWorker(handlers);
      started.push(worker);
      return worker;
    },
    fallback,
    ...options,
  });
  return { reader, started, fallback };
}

afterEach(() => vi.useRealTimers());

describe('createDecodePool', () => {
  it('starts workers when there is something to read, no more than allowed, one picture each', async () => {
    const { reader, started } = pool();
    expect(started.length).toBe(0);
    const first = reader.read(task(1));
    expect(started.length).toBe(1);
    const others = [2, 3, 4].map((side) => reader.read(task(side)));
    expect(started.map(({ tasks }) => tasks.map(({ side }) => side))).toEqual([[1], [2]]);
    started[1]!.comeUp();
    started[1]!.answer(result('two'));
    expect(await others[0]).toEqual(result('two'));
    expect(started[1]!.tasks.map(({ side }) => side)).toEqual([2, 3]);
    started[1]!.answer(result('three'));
    started[1]!.answer(result('four'));
    started[0]!.answer(result('one'));
    expect(await Promise.all([first, ...others.slice(1)])).toEqual(['one', 'three', 'four'].map(result));
    expect(started.length).toBe(2);
    expect(reader.concurrency).toBeGreaterThan(2);
  });

  it('replaces a worker that dies, and loses only the picture that it had', async () => {
    const { reader, started } = pool({ workers: 1 });
    const [deadly, next] = [reader.read(task(1)), reader.read(task(2))];
    started[0]!.comeUp();
    started[0]!.die();
    expect(await deadly).toMatchObject({ kind: 'refused', reason: 'damaged' });
    expect(started[0]!.ended).toBe(true);
    expect(started[1]!.tasks.length).toBe(1);
    started[1]!.answer(result('two'));
    expect(await next).toEqual(result('two'));
  });

  it('gives up a picture that takes too long', async () => {
    vi.useFakeTimers();
    const { reader, started } = pool({ workers: 1, patience: 1000 });
    const [endless, next] = [reader.read(task(1)), reader.read(task(2))];
    started[0]!.comeUp();
    const late = started[0]!;
    vi.advanceTimersByTime(1001);
    expect(await endless).toMatchObject({ reason: 'damaged', detail: 'not read within 1 s' });
    expect(late.ended).toBe(true);
    late.answer(result('too late'));
    late.die();
    started[1]!.answer(result('two'));
    expect(await next).toEqual(result('two'));
    vi.advanceTimersByTime(10_000);
    expect(started.length).toBe(2);
  });

  it('reads in its own thread where workers do not come up', async () => {
    const { reader, started } = pool();
    const reads = [1, 2, 3].map((side) => reader.read(task(side)));
    started[0]!.die();
    started[1]!.die();
    const here = await Promise.all(reads);
    expect(here.map((read) => read.kind === 'refused' && read.detail).sort()).toEqual([
      'here 1',
      'here 2',
      'here 3',
    ]);
    expect(await reader.read(task(4))).toEqual(result('here 4'));
    expect(started.length).toBe(2);
  });

  it('reads in its own thread where there are no workers', async () => {
    const { fallback } = pool();
    const reader = createDecodePool({
      start: () => {
        throw new Error('no workers here');
      },
      fallback,
    });
    expect(await reader.read(task(7))).toEqual(result('here 7'));
  });

  it('answers everything when it is closed', async () => {
    const { reader, started } = pool({ workers: 1 });
    const reads = [1, 2, 3].map((side) => reader.read(task(side)));
    reader.close();
    for (const read of [...reads, reader.read(task(4))]) {
      expect(await read).toMatchObject({ kind: 'refused', reason: 'unreadable' });
    }
    expect(started.map(({ ended }) => ended)).toEqual([true]);
  });
});
