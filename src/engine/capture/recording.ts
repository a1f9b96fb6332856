/**
 * What a captured step is made of: the operations in order, and the buffers they read and write. Pure data; the
 * recorder fills it, the memory plan and the replay read it.
 */

/** Index into `Recording.buffers`. */
export type BufferId = number;

/** A place in a buffer that lives longer than the step: state, inputs, pictures. */
export interface Region {
  buffer: GPUBuffer;
  offset: number;
  size: number;
}

export type RecordedBuffer =
  /** Made and used up within the step; gets a place from the memory plan. */
  | { kind: 'temporary'; bytes: number }
  /** Uploaded once, as the step's code wrote it. */
  | { kind: 'constant'; bytes: number; values: Float32Array | Int32Array }
  | { kind: 'external'; bytes: number; region: Region };

export interface RecordedDispatch {
  kind: 'dispatch';
  name: string;
  /** In binding order. */
  bindings: readonly BufferId[];
  reads: readonly BufferId[];
  writes: readonly BufferId[];
  /** Null while a step is only planned. */
  pipeline: Promise<GPUComputePipeline> | null;
  /** Bound after the buffers. */
  uniforms: GPUBufferBinding | null;
  groups: readonly [number, number, number];
}

/** Copies all of one buffer over another. */
export interface RecordedCopy {
  kind: 'copy';
  name: 'copy';
  reads: readonly [BufferId];
  writes: readonly [BufferId];
}

export type RecordedOperation = RecordedDispatch | RecordedCopy;

export interface Recording {
  operations: RecordedOperation[];
  buffers: RecordedBuffer[];
  /** Temporaries whose values are wanted after the step. */
  kept: ReadonlySet<BufferId>;
}

type Constant = Extract<RecordedBuffer, { kind: 'constant' }> & { id: BufferId };

/** The constants that some operation reads or that are kept. */
export function usedConstants({ operations, buffers, kept }: Recording): Constant[] {
  const used = new Set([...kept, ...operations.flatMap(({ reads, writes }) => [...reads, ...writes])]);
  return buffers.flatMap((buffer, id) =>
    buffer.kind === 'constant' && used.has(id) ? [{ ...buffer, id }] : [],
  );
}

/**
 * The recording without what nothing depends on. An operation is kept when it writes to a buffer that outlives
 * the step or that a kept operation reads later.
 */
export function withoutDeadCode(recording: Recording): Recording {
  const wanted = new Set<BufferId>(recording.kept);
  const operations = recording.operations
    .toReversed()
    .filter(({ reads, writes }) => {
      const needed = writes.some((id) => recording.buffers[id]?.kind !== 'temporary' || wanted.has(id));
      if (needed) for (const id of reads) wanted.add(id);
      return needed;
    })
    .toReversed();
  return { ...recording, operations };
}
