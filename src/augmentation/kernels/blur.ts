/**
 * Pillow's blur, three extended box passes per axis, in place: a workgroup takes one plane of a crop through
 * all six, to and fro between the plane and a scratch plane (edges are repeated before every pass, so the
 * passes cannot be folded into one filter). Twin: `boxBlur` in `reference/blur.ts`.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { defineKernel, type PawsaurBackend } from '../../engine';
import { columnConstants, eachPixel, LANES } from './shared';

/** WGSL of one pass from buffer to buffer along an axis. */
function pass(from: string, to: string, axis: 'x' | 'y'): string {
  const [start, position, stride, length] =
    axis === 'x' ? ['plane + y * u.width', 'x', '1u', 'u.width'] : ['plane + x', 'y', 'u.width', 'u.height'];
  return eachPixel(
    'u.width',
    'u.height',
    `let line = ${start};
      let p = i32(${position});
      let last = i32(${length}) - 1;
      var sum = edge * (${from}[line + ${stride} * u32(max(p - reach - 1, 0))]
        + ${from}[line + ${stride} * u32(min(p + reach + 1, last))]);
      for (var q = p - reach; q <= p + reach; q++) {
        sum += ${from}[line + ${stride} * u32(clamp(q, 0, last))];
      }
      ${to}[line + ${stride} * ${position}] = sum * scale;`,
  );
}

const kernel = defineKernel({
  name: 'box_blur',
  reads: ['parameters'],
  writes: ['crops', 'scratch'],
  uniforms: ['width', 'height'],
  mode: 'groups',
  workgroupSize: LANES,
  declarations: columnConstants,
  body: `
  let radius = parameters[(group / 3u) * COLUMNS + at_blur];
  if (radius <= 0.0) { return; }
  let plane = group * u.width * u.height;
  let variance = radius * radius / 3.0;
  let whole = floor((sqrt(12.0 * variance + 1.0) - 1.0) / 2.0);
  let edge = (2.0 * whole + 1.0) * (whole * (whole + 1.0) - 3.0 * variance)
    / (6.0 * (variance - (whole + 1.0) * (whole + 1.0)));
  let scale = 1.0 / (2.0 * (whole + edge) + 1.0);
  let reach = i32(whole);
  ${[
    pass('crops', 'scratch', 'x'),
    pass('scratch', 'crops', 'x'),
    pass('crops', 'scratch', 'x'),
    pass('scratch', 'crops', 'y'),
    pass('crops', 'scratch', 'y'),
    pass('scratch', 'crops', 'y'),
  ].join('\n  storageBarrier();\n  ')}`,
});

/** Blurs `crops` [B, 3, height, width] in place, each by the radius in its row of `parameters`. */
export function blurInPlace(backend: PawsaurBackend, crops: tf.Tensor, parameters: tf.Tensor): void {
  const [count, , height, width] = crops.shape as [number, number, number, number];
  const scratch = backend.allocate(crops.shape);
  backend.dispatch(kernel, [parameters], [crops, scratch], { width, height }, 3 * count);
  scratch.dispose();
}
