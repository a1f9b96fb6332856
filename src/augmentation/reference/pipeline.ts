/**
 * The whole chain on the CPU: one crop per row of parameters. Composed twin of the kernels.
 */
import { COLUMNS, column, type Stages } from '../parameters';
import { type PictureSource, picturesOf } from '../pictureSlots';
import { boxBlur } from './blur';
import { equalize, grayscale, jitter, normalise, solarize } from './colour';
import { cut, flipHorizontally, type Picture, unpack } from './picture';
import { type Interpolation, resizeAntialiased } from './resize';

/** Where the packed pictures are taken from. */
export interface PackedPictures extends PictureSource {
  readonly width: number;
  readonly height: number;
}

/**
 * One crop per row of `parameters` [B, COLUMNS]: [B, 3, outputSize, outputSize] normalised. Stages that are
 * off are skipped even where a row asks for them, as the kernels do.
 */
export function augmentReference(
  store: PackedPictures,
  parameters: Float32Array,
  outputSize: number,
  options: { stages: Stages; interpolation?: Interpolation },
): Float32Array {
  const numbers = [...picturesOf(parameters)];
  const pixels = store.take(numbers);
  const places = new Map(numbers.map((picture, place) => [picture, place]));
  const count = parameters.length / COLUMNS;
  const values = 3 * outputSize * outputSize;
  const result = new Float32Array(count * values);
  for (let i = 0; i < count; i++) {
    const row = parameters.subarray(i * COLUMNS, (i + 1) * COLUMNS);
    const picture = unpack(pixels, places.get(row[column.image]!)!, store.height, store.width);
    const crop = cropOf(picture, row, outputSize, options.interpolation ?? 'bicubic');
    result.set(normalise(photometric(crop, row, options.stages)).data, i * values);
  }
  return result;
}

/** Cuts out the box of a row, resizes and mirrors it. */
export function cropOf(
  picture: Picture,
  row: Float32Array,
  size: number,
  interpolation: Interpolation,
): Picture {
  const at = (name: keyof typeof column) => row[column[name]]!;
  const box = cut(picture, at('top'), at('left'), at('height'), at('width'));
  const resized = resizeAntialiased(box, size, size, interpolation);
  return at('flip') ? flipHorizontally(resized) : resized;
}

/** Jitter, grey, blur, solarisation and equalisation of a row, in the official order. */
export function photometric(crop: Picture, row: Float32Array, stages: Stages): Picture {
  const at = (name: keyof typeof column) => row[column[name]]!;
  let result = crop;
  if (stages.colour && at('jitter')) {
    result = jitter(result, row.subarray(column.order, column.order + 4), {
      brightness: at('brightness'),
      contrast: at('contrast'),
      saturation: at('saturation'),
      hue: at('hue'),
    });
  }
  if (stages.colour && at('gray')) result = grayscale(result);
  if (stages.blur > 0) result = boxBlur(result, at('blur'));
  if (stages.solarize) result = solarize(result, at('solarize'));
  return stages.equalize && at('equalize') ? equalize(result) : result;
}
