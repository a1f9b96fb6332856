/** Headers of PNG files (W3C PNG, third edition): the chunks before the pixels. */
import { exifOrientation } from '../../../platform/exif';
import { type HeaderReader, mostSteps, textAt } from './facts';

/** Bits of the colour type. */
const colourTypes = { palette: 1, colour: 2, alpha: 4 } as const;

/** Size, depth, colours, transparency, animation and EXIF orientation. */
export const readPngHeader: HeaderReader = (view, facts) => {
  facts.size = { width: view.getUint32(16), height: view.getUint32(20) };
  const depth = view.getUint8(24);
  const colourType = view.getUint8(25);
  if (depth > 8) facts.conversions.add('eight-bits');
  if (colourType & colourTypes.palette) facts.conversions.add('palette');
  else if (!(colourType & colourTypes.colour)) facts.conversions.add('grey');
  if (colourType & colourTypes.alpha) facts.conversions.add('flattened');
  let at = 8;
  for (let step = 0; step < mostSteps; step++) {
    const length = view.getUint32(at);
    const type = textAt(view, at + 4, 4);
    if (type === 'IDAT' || type === 'IEND') return;
    if (type === 'tRNS') facts.conversions.add('flattened');
    if (type === 'acTL' && view.getUint32(at + 8) > 1) facts.conversions.add('first-frame');
    if (type === 'eXIf') {
      facts.turned = exifOrientation(view, at + 8, at + 8 + length) >= 5;
    }
    at += 12 + length;
  }
};
