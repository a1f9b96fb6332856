/**
 * A worker that reads pictures for the library worker, which starts several (`decodePool.ts`) and gives each one
 * picture at a time. Kept small, as every one of them loads it.
 */
import type { ReadTask } from '../../dataset/reading/pictureReader';
import { readPicture } from '../../dataset/reading/readPicture';
import { browserImageDecoder } from '../../platform/browser/imageDecoder';
import type { DecodeAnswer } from './decodePool';

const answer = (said: DecodeAnswer, transfer: Transferable[] = []) => self.postMessage(said, { transfer });

self.addEventListener('message', async ({ data }: MessageEvent<ReadTask>) => {
  const result = await readPicture(data, browserImageDecoder);
  answer(result, result.kind === 'picture' ? [result.rgb.buffer] : []);
});
answer('ready');
