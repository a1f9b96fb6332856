/**
 * Decodes pictures in the browser, in the page or in a worker: `createImageBitmap` refuses damaged files
 * (an <img> would draw the part that is there), applies orientation and colour profile, and takes the first
 * frame. The pixels are read through one small canvas in strips, so that the largest side of a picture, not
 * its area, is what a browser's canvas limits have to hold.
 */
import { messageOf, PawsaurError } from '../errors';
import { backgroundColour, type DecodedImage, type ImageDecoder } from '../imageDecoder';

/** Rows read at a time. */
const stripRows = 256;

/** The decoder of the page and of its workers. */
export const browserImageDecoder: ImageDecoder = {
  async decode(file) {
    const bitmap = await decodeBitmap(file instanceof Blob ? file : new Blob([file.slice()]));
    try {
      return readPixels(bitmap);
    } finally {
      bitmap.close();
    }
  },
};

async function decodeBitmap(blob: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(blob, { imageOrientation: 'from-image' });
  } catch (cause) {
    throw new PawsaurError(
      'image/undecodable',
      `damaged, cut short, or of a kind this browser cannot read (${messageOf(cause)})`,
      undefined,
      { cause },
    );
  }
}

function readPixels(bitmap: ImageBitmap): DecodedImage {
  const { width, height } = bitmap;
  const rgba = new Uint8ClampedArray(width * height * 4);
  const canvas = new OffscreenCanvas(width, Math.min(stripRows, height));
  const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
  if (!context)
    throw new PawsaurError('image/canvas', 'This browser gives out no canvas to read pictures with.');
  for (let top = 0; top < height; top += canvas.height) {
    const rows = Math.min(canvas.height, height - top);
    context.fillStyle = backgroundColour;
    context.fillRect(0, 0, width, rows);
    context.drawImage(bitmap, 0, top, width, rows, 0, 0, width, rows);
    rgba.set(context.getImageData(0, 0, width, rows).data, top * width * 4);
  }
  return { width, height, rgba };
}
