/** An export of the library: a stored set, or a built-in one, as one file. */
import { safePart } from '../../dataset/exporting/exportPaths';
import { type PackedSet, packSet } from '../../dataset/exporting/packSet';
import { makeBuiltinInTurns } from '../../dataset/procedural/builtin';
import { builtinOptions } from '../../dataset/procedural/options';
import type { SetStore } from '../../dataset/storage/setStore';
import { nextTask } from '../turns';
import type { LibraryProgress } from './library';
import type { BuiltinRequest } from './protocol';

interface ExportParts {
  store: SetStore;
  signal: AbortSignal;
  onProgress: (progress: LibraryProgress) => void;
}

/** Pictures that are packed between two looks at the messages. */
const restEvery = 8;

/** @throws PawsaurError 'library/unknown-set', 'library/damaged', 'aborted', or of the built-in set's settings */
export async function exportSet(
  what: string | BuiltinRequest,
  { store, signal, onProgress }: ExportParts,
): Promise<{ fileName: string; file: Blob }> {
  const rest = async () => {
    await nextTask();
    signal.throwIfAborted();
  };
  const set = typeof what === 'string' ? await store.open(what) : await builtinSet(what, rest);
  try {
    const file = await packSet(set, {
      async onPicture(done, total) {
        onProgress({ stage: 'packing', done, total });
        if (done % restEvery === 0) await rest();
      },
    });
    return { fileName: `${safePart(set.name)}.zip`, file };
  } finally {
    set.pixels.close();
    set.masks?.close();
  }
}

async function builtinSet(
  { name, seed, params }: BuiltinRequest,
  rest: () => Promise<void>,
): Promise<PackedSet> {
  const made = await makeBuiltinInTurns(name, { seed, ...builtinOptions(params) }, rest);
  const { count, heldOut } = made;
  const index = { ...made, split: Int8Array.from(heldOut), given: null, excluded: new Uint8Array(count) };
  return { name, index, pixels: made.pixels, masks: made.masks };
}
