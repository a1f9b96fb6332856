/**
 * Reads pictures in a few workers, so that neither the page, the training nor the library waits for a decoder. Each
 * worker has one picture at a time. One that dies of its picture or never comes back is replaced: what a hostile
 * file can cost is that file. Where no worker can be started at all, pictures are read in this thread.
 */
import { localReader } from '../../dataset/reading/localReader';
import type { PictureReader, ReadRefusal, ReadResult, ReadTask } from '../../dataset/reading/pictureReader';
import { browserImageDecoder } from '../../platform/browser/imageDecoder';

/** What a worker says: first that it is there, then one result for each task. */
export type DecodeAnswer = 'ready' | ReadResult;

/** What a pool wants to hear of a worker. */
export interface DecodeHandlers {
  said(answer: DecodeAnswer): void;
  /** It could not be started, or died. */
  failed(): void;
}

/** What a pool needs of a worker, and what tests fake. */
export interface DecodePort {
  post(task: ReadTask): void;
  close(): void;
}

/** The parts of a pool, of which tests choose others. */
interface PoolParts {
  workers: number;
  start: (handlers: DecodeHandlers) => DecodePort;
  /** Reads where there are no workers. */
  fallback: PictureReader;
  /** How long a picture may take, ms. */
  patience: number;
}

interface Job {
  task: ReadTask;
  answer: (result: ReadResult) => void;
}

/** A worker and what it is at. */
interface Hand {
  port: DecodePort | null;
  /** Whether it has come up. */
  ready: boolean;
  job: Job | null;
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** A pool whose workers start with the first picture and live until it is closed. */
export function createDecodePool(parts: Partial<PoolParts> = {}): PictureReader {
  return new DecodePool({
    workers: Math.min(4, Math.max(2, navigator.hardwareConcurrency)),
    start: startDecodeWorker,
    fallback: localReader(browserImageDecoder),
    patience: 60_000,
    ...parts,
  });
}

function startDecodeWorker({ said, failed }: DecodeHandlers): DecodePort {
  const worker = new Worker(new URL('./decodeWorker.ts', import.meta.url), {
    type: 'module',
    name: 'pawsaur-decode',
  });
  worker.addEventListener('message', (event: MessageEvent<DecodeAnswer>) => said(event.data));
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    failed();
  });
  return { post: (task) => worker.postMessage(task), close: () => worker.terminate() };
}

class DecodePool implements PictureReader {
  /** More than there are workers, so that the next picture lies ready when one is done. */
  readonly concurrency: number;
  private readonly waiting: Job[] = [];
  private readonly hands = new Set<Hand>();
  /** Whether workers can be started here. */
  private able = true;
  private closed = false;

  constructor(private readonly parts: PoolParts) {
    this.concurrency = 2 * parts.workers;
  }

  read(task: ReadTask): Promise<ReadResult> {
    return new Promise((answer) => {
      this.waiting.push({ task, answer });
      this.handOut();
    });
  }

  close(): void {
    this.closed = true;
    for (const hand of this.hands) this.dismiss(hand, refusal('unreadable', unreadText));
    this.handOut();
    this.parts.fallback.close();
  }

  /** Gives what waits to workers that have nothing to do, starting more of them where there may be more. */
  private handOut(): void {
    while (this.waiting.length > 0) {
      if (this.closed) this.waiting.shift()!.answer(refusal('unreadable', unreadText));
      else if (!this.able && this.hands.size === 0) this.readHere(this.waiting.shift()!);
      else {
        const hand = this.idleHand() ?? this.newHand();
        if (hand !== null) this.give(hand, this.waiting.shift()!);
        else if (this.able || this.hands.size > 0) return;
      }
    }
  }

  private idleHand(): Hand | null {
    for (const hand of this.hands) if (hand.job === null) return hand;
    return null;
  }

  /** One more worker, unless there are enough or none can be had. */
  private newHand(): Hand | null {
    if (!this.able || this.hands.size >= this.parts.workers) return null;
    const hand: Hand = { port: null, ready: false, job: null, timer: undefined };
    try {
      hand.port = this.parts.start({
        said: (answer) => this.hear(hand, answer),
        failed: () => this.bury(hand),
      });
    } catch {
      this.able = false;
      return null;
    }
    this.hands.add(hand);
    return hand;
  }

  private hear(hand: Hand, answer: DecodeAnswer): void {
    if (!this.hands.has(hand)) return;
    hand.ready = true;
    if (answer === 'ready') return;
    this.settle(hand, answer);
    this.handOut();
  }

  private give(hand: Hand, job: Job): void {
    const { patience } = this.parts;
    hand.job = job;
    hand.timer = setTimeout(() => {
      this.dismiss(hand, refusal('damaged', `not read within ${patience / 1000} s`));
      this.handOut();
    }, patience);
    hand.port?.post(job.task);
  }

  /** Of a dead worker. One that never came up says nothing of its picture, but that there are no workers here. */
  private bury(hand: Hand): void {
    if (!this.hands.has(hand)) return;
    if (!hand.ready) {
      this.able = false;
      if (hand.job !== null) this.waiting.unshift(hand.job);
      hand.job = null;
    }
    this.dismiss(hand, refusal('damaged', 'its decoder broke down'));
    this.handOut();
  }

  /** Ends a worker, and what it was at with `result`. */
  private dismiss(hand: Hand, result: ReadResult): void {
    hand.port?.close();
    this.hands.delete(hand);
    this.settle(hand, result);
  }

  private settle(hand: Hand, result: ReadResult): void {
    clearTimeout(hand.timer);
    const { job } = hand;
    hand.job = null;
    job?.answer(result);
  }

  private readHere({ task, answer }: Job): void {
    void this.parts.fallback.read(task).then(answer);
  }
}

const unreadText = 'the import had ended before it was read';

function refusal(reason: ReadRefusal['reason'], detail: string): ReadRefusal {
  return { kind: 'refused', reason, detail };
}
