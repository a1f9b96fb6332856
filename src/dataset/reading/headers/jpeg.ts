/** Headers of JPEG files (ITU-T T.81, annex B): the segments up to the frame header. */
import { exifOrientation } from '../../../platform/exif';
import { type HeaderReader, mostSteps, textAt } from './facts';

const app1 = 0xe1;
/** Start of frame, SOF0 to SOF15, without the DHT, JPG and DAC between them. */
const isFrame = (marker: number) =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
/** TEM, RST0 to RST7 and SOI stand alone. */
const standsAlone = (marker: number) => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8);

/** Size, colours, depth and EXIF orientation. */
export const readJpegHeader: HeaderReader = (view, facts) => {
  let at = 2;
  for (let step = 0; step < mostSteps; step++) {
    if (view.getUint8(at) !== 0xff) return;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) at++;
    else if (standsAlone(marker)) at += 2;
    else if (isFrame(marker)) {
      const [depth, height, width] = [view.getUint8(at + 4), view.getUint16(at + 5), view.getUint16(at + 7)];
      const components = view.getUint8(at + 9);
      if (depth > 8) facts.conversions.add('eight-bits');
      if (components === 1) facts.conversions.add('grey');
      if (components === 4) facts.conversions.add('cmyk');
      facts.size = { width, height };
      return;
    } else if (marker === 0xd9 || marker === 0xda) return;
    else {
      const end = at + 2 + view.getUint16(at + 2);
      if (marker === app1 && end >= at + 10 && textAt(view, at + 4, 6) === 'Exif\0\0') {
        facts.turned = exifOrientation(view, at + 10, end) >= 5;
      }
      at = end;
    }
  }
};
