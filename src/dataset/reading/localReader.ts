/** Reads pictures in the thread at hand: in Node, in tests, and where no workers can be started. */
import type { ImageDecoder } from '../../platform/imageDecoder';
import type { PictureReader } from './pictureReader';
import { readPicture } from './readPicture';

/** A reader that has two pictures under way: one is decoded while another is resampled. */
export function localReader(decoder: ImageDecoder): PictureReader {
  return { read: (task) => readPicture(task, decoder), concurrency: 2, close: () => undefined };
}
