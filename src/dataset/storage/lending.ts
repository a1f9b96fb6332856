/**
 * Where the browser keeps nothing, a set lies in the memory of the worker that imported it. Another worker borrows a
 * copy from there, over the channel between them.
 */
import * as v from 'valibot';
import { readableBytes } from '../../platform/memoryStorage';
import { newId } from '../../platform/newId';
import type { Channel } from '../../platform/storage';
import type { OpenedSet } from './openedSet';
import { maskFile, openSet, pixelFile } from './openSet';
import { readIndexRecord, readSet, readSetRecord, type SetStorage, unknownSet } from './records';

const askSchema = v.object({ type: v.literal('borrow'), set: v.string(), borrower: v.string() });
const loanSchema = v.object({
  type: v.literal('lend'),
  borrower: v.string(),
  record: v.unknown(),
  index: v.unknown(),
  /** By the name of the file. */
  files: v.map(v.string(), v.instance(Uint8Array)),
});

/** How long the owner of a set may take to copy it, ms. */
const patience = 20_000;

/** Answers those who ask for sets of `storage`; others have sets of their own. */
export function lendSets(storage: SetStorage): void {
  storage.channel.listen((message) => {
    const ask = v.safeParse(askSchema, message);
    if (ask.success) {
      // Nothing is said of a set that is somebody else's, or nobody's.
      lend(storage, ask.output.set, ask.output.borrower).catch(() => undefined);
    }
  });
}

async function lend({ channel, records, files }: SetStorage, id: string, borrower: string): Promise<void> {
  const { record, index } = await readSet(records, id);
  const contents = new Map<string, Uint8Array>();
  for (const part of record.parts) {
    for (const name of [pixelFile(part.file), ...(part.masks > 0 ? [maskFile(part.file)] : [])]) {
      const file = await files.open(name);
      const bytes = new Uint8Array(file.size);
      file.read(bytes, 0);
      file.close();
      contents.set(name, bytes);
    }
  }
  channel.post({ type: 'lend', borrower, record, index, files: contents });
}

/** A copy of a set that another worker has in memory. @throws PawsaurError 'library/unknown-set' when nobody has it */
export async function borrowSet(channel: Channel, id: string): Promise<OpenedSet> {
  const borrower = newId();
  const loan = await new Promise<v.InferOutput<typeof loanSchema>>((resolve, reject) => {
    const timer = setTimeout(() => {
      stop();
      reject(unknownSet());
    }, patience);
    const stop = channel.listen((message) => {
      const heard = v.safeParse(loanSchema, message);
      if (!heard.success || heard.output.borrower !== borrower) return;
      clearTimeout(timer);
      stop();
      resolve(heard.output);
    });
    channel.post({ type: 'borrow', set: id, borrower });
  });
  return openSet(
    {
      records: {
        read: async () => [readSetRecord(loan.record), readIndexRecord(loan.index)],
      },
      files: {
        async open(name) {
          const bytes = loan.files.get(name);
          if (bytes === undefined) throw new Error(`${name} was not lent.`);
          return readableBytes(bytes);
        },
      },
    },
    id,
  );
}
