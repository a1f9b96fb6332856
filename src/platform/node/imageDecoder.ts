/**
 * Decodes pictures in Node with sharp (libvips), for headless runs and tests. Never part of the page: sharp
 * is loaded on first use. libvips knows no BMP, which `bmp.ts` reads.
 */
import { messageOf, PawsaurError } from '../errors';
import { backgroundColour, type ImageDecoder, type OpenPicture, openPixels } from '../imageDecoder';
import { decodeBmp } from './bmp';

/** The decoder of headless runs and tests. */
export const nodeImageDecoder: ImageDecoder = {
  async open(file) {
    const bytes = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : file;
    try {
      return bytes[0] === 0x42 && bytes[1] === 0x4d ? decodeBmp(bytes) : await decodeWithSharp(bytes);
    } catch (cause) {
      const [reason] = (cause instanceof Error ? cause.message : messageOf(cause)).split('\n');
      throw new PawsaurError('image/undecodable', `damaged or cut short (${reason})`, undefined, { cause });
    }
  },
};

async function decodeWithSharp(bytes: Uint8Array): Promise<OpenPicture> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(bytes, { failOn: 'error', limitInputPixels: false, autoOrient: true })
    .flatten({ background: backgroundColour })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return openPixels(data, info.width, info.height);
}
