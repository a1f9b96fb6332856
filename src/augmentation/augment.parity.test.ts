/** Golden numbers of the augmentation (`augment`): the reference path for all, the kernels on real WebGPU. */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectClose, loadFixture } from '../checkpoint/parity';
import { defineKernel, type PawsaurBackend, readBack, startEngine, webgpu } from '../engine';
import { augment } from './augment';
import { type ImageStore, onGpu, openImages } from './imageStore';
import { blurInPlace } from './kernels/blur';
import { colourBody, colourDeclarations } from './kernels/colour';
import { crop } from './kernels/crop';
import { finishInPlace } from './kernels/finish';
import { columnConstants, LANES } from './kernels/shared';
import { COLUMNS, column, evaluationParameters, NO_SOLARIZE, solarizeCut } from './parameters';
import { randomResizedCrop } from './randomResizedCrop';
import { normalise } from './reference/colour';
import { type Picture, pack } from './reference/picture';
import {
  allStages,
  boxRow,
  cropBoxes,
  jitterRow,
  jitterSettings,
  pipelineRow,
  pipelineSetting,
  referencePicture,
  stackRows,
  storedPicture,
} from './testing/goldens';
import { packedPictures } from './testing/packed';

const fixture = loadFixture('augment');
const inputs = ['image', 'image_small'];
const pictures = fixture.names().filter((name) => !inputs.includes(name) && !name.startsWith('rrc/'));

/** Names of the golden results of the un-rounded path that start with `prefix`. */
const floats = (prefix: string) => pictures.filter((n) => n.startsWith(prefix) && n.endsWith('/float'));

describe('the reference path gives the golden', () => {
  it.each(pictures)('%s', (name) => {
    expectClose(fixture, name, referencePicture(fixture, name).data);
  });

  it('boxes of RandomResizedCrop', () => {
    const draws = fixture.floats('rrc/draws');
    const topLeft = fixture.integers('rrc/top_left_draws');
    const params = fixture.integers('rrc/params');
    const [traces, attempts] = fixture.shape('rrc/draws') as [number, number, number];
    const got = new Int32Array(params.length);
    for (let trace = 0; trace < traces; trace++) {
      const [height, width] = [params[trace * 8]!, params[trace * 8 + 1]!];
      let drawn = 0;
      let integers = 0;
      const box = randomResizedCrop(height, width, {
        area: () => draws[(trace * attempts + drawn) * 2]!,
        logRatio: () => draws[(trace * attempts + drawn++) * 2 + 1]!,
        integer: () => topLeft[trace * 2 + integers++]!,
      });
      const { top, left } = box;
      got.set(
        [height, width, top, left, box.height, box.width, box.attempts, box.accepted ? 1 : 0],
        trace * 8,
      );
    }
    expectClose(fixture, 'rrc/params', got);
  });
});

/** The colour stage by itself, on pictures that need not be square. */
const jitterKernel = defineKernel({
  name: 'jitter_alone',
  reads: ['parameters'],
  writes: ['crops'],
  uniforms: ['area'],
  mode: 'groups',
  workgroupSize: LANES,
  declarations: `${columnConstants}
fn load(at: u32) -> vec3f { return vec3f(crops[at], crops[at + u.area], crops[at + 2u * u.area]); }
fn store(at: u32, colour: vec3f) {
  crops[at] = colour.r;
  crops[at + u.area] = colour.g;
  crops[at + 2u * u.area] = colour.b;
}
${colourDeclarations}`,
  body: `
  let area = u.area;
  let row = group * COLUMNS;
  let start = group * 3u * area + lane;
  let end = group * 3u * area + area;
  ${colourBody((colour) => colour)}`,
});

function jitterAlone(backend: PawsaurBackend, crops: tf.Tensor, parameters: tf.Tensor): void {
  const [count, , height, width] = crops.shape as [number, number, number, number];
  backend.dispatch(jitterKernel, [parameters], [crops], { area: height * width }, count);
}

const cropOnly = { colour: false, solarize: false, finish: false };
const solarizes = { solarize: true, equalize: false };

/** The kernels normalise in the same walk: this undoes it where the golden numbers are not normalised. */
function denormalised(values: Float32Array, like: Picture): Float32Array {
  const flat = { ...like, data: new Float32Array(like.data.length) };
  const offset = normalise(flat).data;
  const unit = normalise({ ...flat, data: flat.data.map(() => 1) }).data;
  return values.map((value, i) => (value - offset[i]!) / (unit[i]! - offset[i]!));
}

describe('the kernels give the golden', () => {
  let backend: PawsaurBackend;
  let store: ImageStore & { tensor: tf.Tensor };

  beforeAll(async () => {
    expect((await startEngine()).backend).toBe('webgpu');
    backend = webgpu()!;
    const image = storedPicture(fixture, 'image');
    const uploaded = openImages(packedPictures(pack(image), image.width * image.height), 1, image);
    if (!onGpu(uploaded)) throw new Error('the pictures are not on the GPU');
    store = uploaded;
    // The only picture is in the first slot from here on.
    store.place(evaluationParameters([0], image));
  });
  afterAll(() => store.dispose());

  /** Uploads a picture as a batch of one crop, runs `kernel` in place and reads the crop back. */
  async function inPlace(
    picture: Picture,
    row: Float32Array,
    kernel: (crops: tf.Tensor, parameters: tf.Tensor) => void,
  ): Promise<Float32Array> {
    const crops = tf.tensor4d(picture.data.slice(), [1, 3, picture.height, picture.width]);
    kernel(crops, tf.tensor2d(row, [1, COLUMNS]));
    return readBack(crops);
  }

  it.each(['bicubic', 'bilinear'] as const)('crops, %s', async (interpolation) => {
    const boxes = cropBoxes(fixture);
    const rows = tf.tensor2d(stackRows(boxes.map(boxRow)), [boxes.length, COLUMNS]);
    const size = fixture.number('output_size');
    const crops = await readBack(crop(store, rows, size, interpolation, cropOnly));
    boxes.forEach((_, i) => {
      const got = crops.subarray(i * 3 * size * size, (i + 1) * 3 * size * size);
      expectClose(fixture, `crop${i}/${interpolation}_aa/float`, got);
    });
  });

  it('jitter, in both orders', async () => {
    const small = storedPicture(fixture, 'image_small');
    for (const [i, setting] of jitterSettings(fixture).entries()) {
      const row = jitterRow(setting, small.height, small.width);
      const got = await inPlace(small, row, (c, p) => jitterAlone(backend, c, p));
      expectClose(fixture, `jitter${i}/float`, got);
    }
  });

  it.each(['brightness_', 'contrast_', 'saturation_', 'hue_'].flatMap(floats))('%s', async (name) => {
    const small = storedPicture(fixture, 'image_small');
    const [word, value] = name.split('/')[0]!.split('_') as ['brightness', string];
    const row = boxRow([0, 0, small.height, small.width]);
    row[column.jitter] = 1;
    row[column[word]] = Number(value);
    expectClose(fixture, name, await inPlace(small, row, (c, p) => jitterAlone(backend, c, p)));
  });

  it('grey', async () => {
    const image = storedPicture(fixture, 'image');
    const row = boxRow([0, 0, image.height, image.width]);
    row[column.gray] = 1;
    const got = await inPlace(image, row, (c, p) => jitterAlone(backend, c, p));
    expectClose(fixture, 'grayscale/float', got);
  });

  it.each(floats('blur_pil_'))('%s', async (name) => {
    const image = storedPicture(fixture, 'image');
    const radius = Number(name.match(/^blur_pil_([\d.]+)/)![1]);
    const row = boxRow([0, 0, image.height, image.width]);
    row[column.blur] = radius;
    expectClose(fixture, name, await inPlace(image, row, (c, p) => blurInPlace(backend, c, p, radius)));
  });

  it('normalised image', async () => {
    const image = storedPicture(fixture, 'image');
    const row = boxRow([0, 0, image.height, image.width]);
    const got = await inPlace(image, row, (c, p) => finishInPlace(backend, c, p, solarizes));
    expectClose(fixture, 'normalize_imagenet', got);
  });

  it.each(floats('solarize_'))('%s', async (name) => {
    const small = storedPicture(fixture, 'image_small');
    const row = boxRow([0, 0, small.height, small.width]);
    row[column.solarize] = solarizeCut(Number(name.match(/^solarize_([\d.]+)/)![1]));
    const got = await inPlace(small, row, (c, p) => finishInPlace(backend, c, p, solarizes));
    expectClose(fixture, name, denormalised(got, small));
    row[column.solarize] = NO_SOLARIZE;
    const untouched = await inPlace(small, row, (c, p) => finishInPlace(backend, c, p, solarizes));
    expect(untouched).not.toEqual(got);
  });

  it('equalised levels', async () => {
    const small = storedPicture(fixture, 'image_small');
    const row = boxRow([0, 0, small.height, small.width]);
    const equalizes = { solarize: false, equalize: true };
    const finished = () => inPlace(small, row, (c, p) => finishInPlace(backend, c, p, equalizes));
    const untouched = await finished();
    expect(untouched).toEqual(await inPlace(small, row, (c, p) => finishInPlace(backend, c, p, solarizes)));
    row[column.equalize] = 1;
    expectClose(fixture, 'equalize/pil', denormalised(await finished(), small));
  });

  it('pipelines, in one batch', async () => {
    const indices = pictures.flatMap((name) => name.match(/^pipeline(\d+)\/final\/float$/)?.[1] ?? []);
    const rows = stackRows(indices.map((i) => pipelineRow(pipelineSetting(fixture, Number(i)))));
    const size = fixture.number('output_size');
    const parameters = tf.tensor2d(rows, [indices.length, COLUMNS]);
    const crops = augment(store, parameters, size, { stages: allStages });
    expect(crops.shape).toEqual([indices.length, 3, size, size]);
    const got = await readBack(crops);
    indices.forEach((index, i) => {
      const one = got.subarray(i * 3 * size * size, (i + 1) * 3 * size * size);
      expectClose(fixture, `pipeline${index}/final/float`, one);
      expectClose(fixture, `pipeline${index}/final/pil`, one);
    });
  });
});
