/**
 * A worker that reads pictures for the library worker, which starts several (`decodePool.ts`) and gives each one
 * picture at a time. Kept small, as every one of them loads it.
 */
import type { ReadTask } from '../../dataset/reading/pictureReader';
import { type Alone, readPicture } from '../../dataset/reading/readPicture';
import { browserImageDecoder } from '../../platform/browser/imageDecoder';
import type { DecodeAnswer } from './decodePool';

const answer = (said: DecodeAnswer, transfer: Transferable[] = []) => self.postMessage(said, { transfer });

/** Large pictures wait for each other, in whichever worker they are; where there are no locks they do not. */
const alone: Alone = (work) => navigator.locks?.request('pawsaur-large-picture', work) ?? work();

self.addEventListener('message', async ({ data }: MessageEvent<ReadTask>) => {
  const result = await readPicture(data, browserImageDecoder, alone);
  answer(result, result.kind === 'picture' ? [result.rgb.buffer] : []);
});
answer('ready');
