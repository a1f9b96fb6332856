/**
 * Decodes pictures in the browser, in the page or in a worker: `createImageBitmap` refuses damaged files
 * (an <img> would draw the part that is there), applies orientation and colour profile, and takes the first
 * frame. The pixels are read through one small canvas, which only has to hold the strip that is asked for.
 */
import { messageOf, PawsaurError } from '../errors';
import { backgroundColour, type ImageDecoder, type OpenPicture } from '../imageDecoder';
import { orientationLeft, turnUpright } from './webpOrientation';

/** The decoder of the page and of its workers. */
export const browserImageDecoder: ImageDecoder = {
  async open(file, format = 'WebP') {
    const blob = file instanceof Blob ? file : new Blob([file.slice()]);
    const bitmap = await decodeBitmap(blob);
    const orientation = format === 'WebP' ? await orientationLeft(blob) : 1;
    return openBitmap(orientation === 1 ? bitmap : turnUpright(bitmap, orientation));
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

function openBitmap(bitmap: ImageBitmap): OpenPicture {
  return {
    width: bitmap.width,
    height: bitmap.height,
    readRows(top, rows, left, width) {
      const canvas = strip(width, rows);
      canvas.fillRect(0, 0, width, rows);
      canvas.drawImage(bitmap, left, top, width, rows, 0, 0, width, rows);
      return canvas.getImageData(0, 0, width, rows).data;
    },
    close: () => bitmap.close(),
  };
}

let context: OffscreenCanvasRenderingContext2D | null = null;

/** The one canvas of this thread, at least as large as asked for: it grows, and serves picture after picture. */
function strip(width: number, height: number): OffscreenCanvasRenderingContext2D {
  const [across, down] = [context?.canvas.width ?? 0, context?.canvas.height ?? 0];
  if (context !== null && across >= width && down >= height) return context;
  const canvas = new OffscreenCanvas(Math.max(width, across), Math.max(height, down));
  context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
  if (context === null) {
    throw new PawsaurError('image/canvas', 'This browser gives out no canvas to read pictures with.');
  }
  context.fillStyle = backgroundColour;
  return context;
}
