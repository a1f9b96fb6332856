/**
 * What each tensor of the golden file `augment` is, as a call of the reference path: parameters come from the
 * tensor's name and the file's metadata, so any other set of the same format can be run.
 */
import type { Fixture } from '../../checkpoint/parity';
import { COLUMNS, column, evaluationParameters, type Stages, solarizeCut } from '../parameters';
import { boxBlur, gaussianBlur } from '../reference/blur';
import * as colour from '../reference/colour';
import { cut, flipHorizontally, type Picture } from '../reference/picture';
import { cropOf, photometric } from '../reference/pipeline';
import { evaluationTransform, type Interpolation, resizeAntialiased, resizePlain } from '../reference/resize';

export const allStages: Stages = { colour: true, blur: 10, solarize: true, equalize: true };

interface JitterSetting {
  order: number[];
  brightness: number;
  contrast: number;
  saturation: number;
  hue: number;
}

interface PipelineSetting {
  crop: [number, number, number, number];
  flip: boolean;
  order: number[];
  /** brightness, contrast, saturation, hue */
  factors: [number, number, number, number];
  gray: boolean;
  radius: number | null;
  solarize: boolean;
}

/** A stored picture [3, height, width]. */
export function storedPicture(fixture: Fixture, name: string): Picture {
  const [, height, width] = fixture.shape(name) as [number, number, number];
  return { data: fixture.floats(name), height, width };
}

/** [top, left, height, width] of every golden crop. */
export function cropBoxes(fixture: Fixture): [number, number, number, number][] {
  return fixture.json('crops_top_left_height_width') as [number, number, number, number][];
}

/** Orders and factors of `jitter0`, `jitter1` …; the text before the list explains the codes. */
export function jitterSettings(fixture: Fixture): JitterSetting[] {
  const text = fixture.text('jitter_orders');
  return JSON.parse(text.slice(text.indexOf('['))) as JitterSetting[];
}

export function pipelineSetting(fixture: Fixture, index: number): PipelineSetting {
  return fixture.json(`pipeline${index}`) as PipelineSetting;
}

/** The row of parameters that takes a box of picture 0 and does nothing else. */
export function boxRow([top, left, height, width]: readonly number[]): Float32Array {
  const row = evaluationParameters([0], 1);
  row.set([top!, left!, height!, width!], column.top);
  return row;
}

/** The row of parameters that jitters the whole of picture 0 (height × width). */
export function jitterRow(setting: JitterSetting, height: number, width: number): Float32Array {
  const row = boxRow([0, 0, height, width]);
  row[column.jitter] = 1;
  row.set(setting.order, column.order);
  row.set([setting.brightness, setting.contrast, setting.saturation, setting.hue], column.brightness);
  return row;
}

/** The row of parameters of a golden pipeline. */
export function pipelineRow(setting: PipelineSetting): Float32Array {
  const row = boxRow(setting.crop);
  row[column.flip] = setting.flip ? 1 : 0;
  row[column.jitter] = 1;
  row.set(setting.order, column.order);
  row.set(setting.factors, column.brightness);
  row[column.gray] = setting.gray ? 1 : 0;
  row[column.blur] = setting.radius ?? 0;
  if (setting.solarize) row[column.solarize] = solarizeCut(128);
  return row;
}

/** Rows one after the other: [rows, COLUMNS]. */
export function stackRows(rows: readonly Float32Array[]): Float32Array {
  const stacked = new Float32Array(rows.length * COLUMNS);
  rows.forEach((row, i) => {
    stacked.set(row, i * COLUMNS);
  });
  return stacked;
}

/** What the reference path makes of a golden tensor's name. Throws on a name it does not know. */
export function referencePicture(fixture: Fixture, name: string): Picture {
  const image = storedPicture(fixture, 'image');
  const small = storedPicture(fixture, 'image_small');
  const [operation, stage] = name.split('/') as [string, string | undefined];
  const [word, value] = operation.split('_') as [string, string | undefined];

  const crop = operation.match(/^crop(\d+)$/);
  if (crop) {
    const [top, left, height, width] = cropBoxes(fixture)[Number(crop[1])]!;
    const box = cut(image, top, left, height, width);
    const size = fixture.number('output_size');
    const [interpolation, antialias] = stage!.split('_') as [Interpolation, string];
    const resize = antialias === 'aa' ? resizeAntialiased : resizePlain;
    return resize(box, size, size, interpolation);
  }
  const jitter = operation.match(/^jitter(\d+)$/);
  if (jitter) {
    const setting = jitterSettings(fixture)[Number(jitter[1])]!;
    return colour.jitter(small, setting.order, setting);
  }
  const pipeline = operation.match(/^pipeline(\d+)$/);
  if (pipeline) return pipelinePicture(fixture, Number(pipeline[1]), stage!);
  const gaussian = operation.match(/^gaussian_blur_k(\d+)_s([\d.]+)$/);
  if (gaussian) return gaussianBlur(image, Number(gaussian[1]), Number(gaussian[2]));
  if (operation.startsWith('blur_pil_')) return boxBlur(image, Number(operation.split('_')[2]));

  switch (word) {
    case 'eval':
      return evaluationTransform(
        image,
        fixture.number('eval_resize_shorter_side'),
        fixture.number('eval_center_crop'),
      );
    case 'hflip':
      return flipHorizontally(image);
    case 'brightness':
      return colour.adjustBrightness(small, Number(value));
    case 'contrast':
      return colour.adjustContrast(small, Number(value));
    case 'saturation':
      return colour.adjustSaturation(small, Number(value));
    case 'hue':
      return colour.adjustHue(small, Number(value));
    case 'solarize':
      return colour.solarize(small, solarizeCut(Number(value)));
    case 'equalize':
      return colour.equalize(small);
    case 'grayscale':
      return colour.grayscale(image);
    case 'normalize':
      return value === 'imagenet'
        ? colour.normalise(image)
        : colour.normalise(image, [0.4914, 0.4822, 0.4465], [0.2023, 0.1994, 0.201]);
    default:
      throw new Error(`augment holds ${name}, which this test does not know`);
  }
}

function pipelinePicture(fixture: Fixture, index: number, stage: string): Picture {
  const row = pipelineRow(pipelineSetting(fixture, index));
  // The golden stages: the crop before it is mirrored, the jitter before the grey.
  if (stage === 'after_crop') row[column.flip] = 0;
  if (stage === 'after_jitter') row[column.gray] = 0;
  const crop = cropOf(storedPicture(fixture, 'image'), row, fixture.number('output_size'), 'bicubic');
  switch (stage) {
    case 'after_crop':
      return crop;
    case 'after_jitter':
      return photometric(crop, row, { ...allStages, blur: 0, solarize: false });
    case 'after_blur':
      return photometric(crop, row, { ...allStages, solarize: false });
    default:
      return colour.normalise(photometric(crop, row, allStages));
  }
}
