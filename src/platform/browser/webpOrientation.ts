/**
 * Turns WebP pictures upright where the browser does not: Chromium applies the EXIF orientation of JPEG, PNG and
 * AVIF files, but not that of WebP (RFC 9649, 2.7.1.5).
 */
import { exifOrientation } from '../exif';

/** A WebP of 2 × 1 px that asks for a quarter turn. */
const probe =
  'UklGRmAAAABXRUJQVlA4WAoAAAAIAAAAAQAAAAAAVlA4TCAAAAAvAQAAAA+gEEAAFDQKAQRAQaMQQAAUNPMf+R8qENH/AEVYSUYaAAAASUkqAAgAAAABABIBAwABAAAABgAAAAAAAAA=';
let turnsItself: Promise<boolean> | null = null;

/** The orientation, 1 to 8, that this browser leaves for us to apply; 1 for all that are not WebP. */
export async function orientationLeft(file: Blob): Promise<number> {
  const head = new DataView(await file.slice(0, 21).arrayBuffer());
  if (!isWebpWithExif(head)) return 1;
  turnsItself ??= browserTurns();
  return (await turnsItself) ? 1 : webpOrientation(new DataView(await file.arrayBuffer()));
}

/** `bitmap` turned upright; it is closed. */
export function turnUpright(bitmap: ImageBitmap, orientation: number): ImageBitmap {
  const { width, height } = bitmap;
  const quarter = orientation >= 5;
  const canvas = new OffscreenCanvas(quarter ? height : width, quarter ? width : height);
  const context = canvas.getContext('2d');
  context?.setTransform(...turns(width, height)[orientation - 1]!);
  context?.drawImage(bitmap, 0, 0);
  bitmap.close();
  return canvas.transferToImageBitmap();
}

type Matrix = [a: number, b: number, c: number, d: number, e: number, f: number];

/** For orientations 1 to 8: where x and y of the stored picture go. */
function turns(width: number, height: number): Matrix[] {
  return [
    [1, 0, 0, 1, 0, 0],
    [-1, 0, 0, 1, width, 0],
    [-1, 0, 0, -1, width, height],
    [1, 0, 0, -1, 0, height],
    [0, 1, 1, 0, 0, 0],
    [0, 1, -1, 0, height, 0],
    [0, -1, -1, 0, height, width],
    [0, -1, 1, 0, 0, width],
  ];
}

/** The orientation that the EXIF chunk of a WebP states; 1 where there is none. */
export function webpOrientation(view: DataView): number {
  for (let at = 12; at + 8 <= view.byteLength; ) {
    const start = at + 8;
    const end = start + view.getUint32(at + 4, true);
    if (view.getUint32(at) === fourLetters('EXIF')) {
      // Some programs keep the prefix that EXIF has in JPEG files.
      const prefixed =
        end <= view.byteLength && end - start > 6 && view.getUint32(start) === fourLetters('Exif');
      return exifOrientation(view, prefixed ? start + 6 : start, end);
    }
    at = end + (end & 1);
  }
  return 1;
}

function isWebpWithExif(head: DataView): boolean {
  return (
    head.byteLength === 21 &&
    head.getUint32(0) === fourLetters('RIFF') &&
    head.getUint32(8) === fourLetters('WEBP') &&
    head.getUint32(12) === fourLetters('VP8X') &&
    (head.getUint8(20) & 0x08) !== 0
  );
}

function fourLetters(text: string): number {
  return [...text].reduce((word, letter) => word * 256 + letter.charCodeAt(0), 0);
}

async function browserTurns(): Promise<boolean> {
  const bytes = Uint8Array.from(atob(probe), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const turned = bitmap.height > bitmap.width;
  bitmap.close();
  return turned;
}
