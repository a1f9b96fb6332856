/** Whose turn it is: one thing at a time on the device, and a pause for messages between two steps. */

/** Lets one operation run at a time, in the order in which they were asked for. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Runs `operation` when everything before it has ended, well or badly. */
  take<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#last.then(operation);
    this.#last = result.catch(() => undefined);
    return result;
  }
}

/** Resolves in a task of its own, after the messages that wait. Timers would cost 4 ms in a worker. */
export function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
