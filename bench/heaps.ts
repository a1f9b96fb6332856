/**
 * The JavaScript heaps of a page and of all workers below it, workers of workers too, through the browser's debugging
 * protocol. Messages to a worker travel inside messages to whoever started it.
 */
import type { CDPSession } from '@playwright/test';

type Message = { id?: number; method?: string; params?: Record<string, unknown>; result?: unknown };

/** A page or a worker that can be asked. */
class Target {
  readonly children = new Map<string, Target>();
  readonly #post: (message: Message) => void;
  readonly #waiting = new Map<number, (result: unknown) => void>();
  #nextId = 1;

  constructor(post: (message: Message) => void) {
    this.#post = post;
  }

  ask<T>(method: string, params: Record<string, unknown> = {}): Promise<T> {
    const id = this.#nextId++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve as (result: unknown) => void);
      this.#post({ id, method, params });
    });
  }

  /** Hears of its workers from now on. */
  async watch(): Promise<void> {
    await this.ask('Target.setAutoAttach', {
      autoAttach: true,
      waitForDebuggerOnStart: false,
      flatten: false,
    });
  }

  receive({ id, method, params, result }: Message): void {
    if (id !== undefined) {
      this.#waiting.get(id)?.(result);
      this.#waiting.delete(id);
      return;
    }
    const sessionId = params?.sessionId as string;
    if (method === 'Target.attachedToTarget') {
      const child = new Target((message) => {
        this.#post({
          id: this.#nextId++,
          method: 'Target.sendMessageToTarget',
          params: { sessionId, message: JSON.stringify(message) },
        });
      });
      this.children.set(sessionId, child);
      void child.watch();
    } else if (method === 'Target.detachedFromTarget') this.children.delete(sessionId);
    else if (method === 'Target.receivedMessageFromTarget') {
      this.children.get(sessionId)?.receive(JSON.parse(params?.message as string) as Message);
    }
  }
}

/** Bytes of JavaScript objects in use, and of the buffers beside them. */
export interface Heaps {
  objects: number;
  buffers: number;
  /** Pages and workers counted. */
  count: number;
}

/** Watches a page; the function returned adds up what it and its workers use at the moment. */
export async function watchHeaps(session: CDPSession): Promise<() => Promise<Heaps>> {
  const page = new Target(({ id, method, params }) => {
    session.send(method as 'Runtime.getHeapUsage', params as undefined).then(
      (result) => page.receive({ id, result }),
      () => page.receive({ id }),
    );
  });
  for (const method of [
    'Target.attachedToTarget',
    'Target.detachedFromTarget',
    'Target.receivedMessageFromTarget',
  ] as const) {
    session.on(method, (params) => page.receive({ method, params: params as Record<string, unknown> }));
  }
  await page.watch();
  return () => measure(page);
}

async function measure(target: Target): Promise<Heaps> {
  const gone = new Promise<null>((resolve) => setTimeout(resolve, 1000, null));
  const usage = await Promise.race([
    target.ask<{ usedSize: number; backingStorageSize?: number } | undefined>('Runtime.getHeapUsage'),
    gone,
  ]);
  const heaps = {
    objects: usage?.usedSize ?? 0,
    buffers: usage?.backingStorageSize ?? 0,
    count: usage ? 1 : 0,
  };
  for (const child of await Promise.all([...target.children.values()].map(measure))) {
    heaps.objects += child.objects;
    heaps.buffers += child.buffers;
    heaps.count += child.count;
  }
  return heaps;
}
