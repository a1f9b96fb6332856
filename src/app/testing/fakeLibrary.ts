/** A library of a few lines for tests of the page: sets in a list, imports that end when the test says so. */

import type {
  BuiltinPreview,
  BuiltinRequest,
  ImportOutcome,
  ImportReport,
  ImportRequest,
  KeptLabels,
  Library,
  LibraryProgress,
  LibraryState,
  ReportLine,
  SetColumns,
  SetSummary,
  Underway,
} from '../../session/library';

/** A set as the library tells of it. */
export function sampleSet(changes: Partial<SetSummary> = {}): SetSummary {
  return {
    id: 'set-1',
    name: 'waste',
    revision: 1,
    createdAt: Date.UTC(2026, 10, 24),
    size: 80,
    count: 400,
    excluded: 0,
    classes: 2,
    masks: 0,
    heldOut: 0,
    skipped: 0,
    bytes: 400 * 80 * 80 * 3,
    ...changes,
  };
}

/** A report on `lines`, of each outcome by default. */
export function sampleReport(changes: Partial<ImportReport> = {}): ImportReport {
  const line = (path: string, more: Partial<ReportLine> = {}): ReportLine => ({
    path,
    outcome: 'imported',
    reason: null,
    detail: '640 × 480 px JPEG',
    ...more,
  });
  return {
    name: 'waste',
    at: '2026-11-24T00:00:00.000Z',
    seconds: 2.4,
    lines: [
      line('glass/1.jpg'),
      line('glass/2.gif', { outcome: 'converted', detail: 'first of 6 frames' }),
      line('paper/3.jpg', { outcome: 'skipped', reason: 'damaged', detail: 'damaged or cut short' }),
      line('Thumbs.db', { outcome: 'skipped', reason: 'system-file', detail: 'a file of the system' }),
      line('labels.csv', { outcome: 'used', detail: '2 labels' }),
    ],
    warnings: [],
    ...changes,
  };
}

/** An import that was asked for, and the ways to go on with it. */
interface AskedImport {
  request: ImportRequest;
  cancelled: boolean;
  progress(progress: LibraryProgress): void;
  end(outcome: ImportOutcome): void;
  /** Ends it with a set, which joins the list. */
  succeed(changes?: Partial<SetSummary>, report?: ImportReport): void;
}

export class FakeLibrary implements Library {
  readonly imports: AskedImport[] = [];
  /** What was asked of it, in words. */
  readonly asked: string[] = [];
  readonly kept = new Map<string, KeptLabels>();
  readonly previews: { request: BuiltinRequest; count: number }[] = [];
  /** Why no preview is drawn. */
  previewError: Error | null = null;
  /** What `columns` answers, by set. */
  readonly columnsOf = new Map<string, SetColumns>();
  /** What `reports` answers. */
  report: ImportReport[] = [sampleReport()];
  #state: LibraryState = {
    connection: 'ready',
    sets: [],
    storage: { usedBytes: 0, quotaBytes: 2 ** 30, persisted: true, problem: null },
    lost: [],
    error: null,
  };
  readonly #listeners = new Set<() => void>();

  getState(): LibraryState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  connect(): void {}

  /** Changes what the page is told of. */
  tell(changes: Partial<LibraryState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) listener();
  }

  importFiles(
    request: ImportRequest,
    onProgress: (progress: LibraryProgress) => void = () => {},
  ): Underway<ImportOutcome> {
    const { promise, resolve } = deferred<ImportOutcome>();
    const asked: AskedImport = {
      request,
      cancelled: false,
      progress: onProgress,
      end: resolve,
      succeed: (changes, report = sampleReport()) => {
        const set = sampleSet({ name: request.name, ...(request.into && { id: request.into }), ...changes });
        this.tell({ sets: [set, ...this.#state.sets.filter(({ id }) => id !== set.id)] });
        resolve({ ok: true, set, report });
      },
    };
    this.imports.push(asked);
    const cancel = () => {
      asked.cancelled = true;
      resolve({ ok: false, error: { code: 'aborted', message: 'Stopped on request.' }, report: null });
    };
    return { done: promise, cancel };
  }

  async rename(set: string, name: string): Promise<void> {
    this.asked.push(`rename ${set} ${name}`);
    this.tell({ sets: this.#state.sets.map((one) => (one.id === set ? { ...one, name } : one)) });
  }

  async remove(set: string): Promise<void> {
    this.asked.push(`remove ${set}`);
    this.tell({ sets: this.#state.sets.filter(({ id }) => id !== set) });
  }

  async exclude(set: string, rows: Int32Array, excluded: boolean): Promise<void> {
    this.asked.push(`exclude ${set} ${rows.join(',')} ${excluded}`);
    const flags = this.columnsOf.get(set)?.excluded;
    for (const row of rows) flags?.fill(excluded ? 1 : 0, row, row + 1);
    const next = (one: SetSummary) => (one.id === set ? { ...one, revision: one.revision + 1 } : one);
    this.tell({ sets: this.#state.sets.map(next) });
  }

  async reports(): Promise<ImportReport[]> {
    return this.report;
  }

  async columns(set: string): Promise<SetColumns> {
    const columns = this.columnsOf.get(set);
    if (columns === undefined) throw new Error(`No columns of ${set} here.`);
    return { ...columns, excluded: columns.excluded.slice() };
  }

  exportSet(): Underway<{ fileName: string; file: Blob }> {
    this.asked.push('export');
    return { done: Promise.resolve({ fileName: 'waste.zip', file: new Blob(['zip']) }), cancel: () => {} };
  }

  /** One black pixel a picture. */
  async preview(request: BuiltinRequest, count: number): Promise<BuiltinPreview> {
    this.previews.push({ request, count });
    if (this.previewError !== null) throw this.previewError;
    return {
      size: 1,
      classNames: ['star', 'gear'],
      labels: new Int32Array(count),
      pixels: new Uint8ClampedArray(4 * count),
      masks: new Uint8Array(count),
    };
  }

  async keepLabels(key: string, labels: KeptLabels | null): Promise<void> {
    if (labels === null) this.kept.delete(key);
    else this.kept.set(key, labels);
  }

  async labels(key: string): Promise<KeptLabels | null> {
    return this.kept.get(key) ?? null;
  }

  async dismissLost(id: string): Promise<void> {
    this.tell({ lost: this.#state.lost.filter((lost) => lost.id !== id) });
  }
}

function deferred<T>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
