/**
 * Small values that outlive a visit, such as what was measured of this machine. A port: in a browser it lies in
 * IndexedDB (`browser/keyValueStore`, also in a worker), in Node in a JSON file (`node/keyValueStore`).
 */
export interface KeyValueStore {
  /** The value kept under `key`, or undefined: also where nothing can be read. Untrusted: check its shape. */
  get(key: string): Promise<unknown>;
  /** Keeps plain data under `key`. Where nothing can be kept (private windows, a full disk) nothing happens. */
  set(key: string, value: unknown): Promise<void>;
}

/** A store that forgets with the page: for tests, and where nothing else is wanted. */
export function memoryStore(): KeyValueStore {
  const values = new Map<string, string>();
  return {
    get: async (key) => {
      const text = values.get(key);
      return text === undefined ? undefined : JSON.parse(text);
    },
    set: async (key, value) => {
      values.set(key, JSON.stringify(value));
    },
  };
}
