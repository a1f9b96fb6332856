/** Writing small PNG files (W3C PNG, third edition): 8 bits, colour or grey, without loss. */

import { zlibSync } from 'fflate';
import { joinBytes } from '../../platform/joinBytes';
import { crc32 } from '../crc32';

const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const channelsOf = { grey: 1, rgb: 3 } as const;
const colourTypes = { grey: 0, rgb: 2 } as const;
/** Photos hardly shrink further beyond it. */
const compression = 6;

/** A square picture [side, side, 3] ('rgb') or [side, side] ('grey') as a file. */
export function encodePng(
  pixels: Uint8Array,
  side: number,
  kind: keyof typeof channelsOf,
): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, side);
  view.setUint32(4, side);
  header[8] = 8;
  header[9] = colourTypes[kind];
  const data = zlibSync(filterRows(pixels, side, channelsOf[kind]), { level: compression });
  return joinBytes([
    Uint8Array.from(signature),
    chunk('IHDR', header),
    chunk('IDAT', data),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Every row as differences to what lies left of it, above it or between (section 9), whichever are smallest. */
function filterRows(pixels: Uint8Array, side: number, channels: number): Uint8Array {
  const length = side * channels;
  const filtered = new Uint8Array(side * (length + 1));
  const none = new Uint8Array(length);
  const row = new Uint8Array(length);
  for (let y = 0; y < side; y++) {
    const here = pixels.subarray(y * length, (y + 1) * length);
    const above = y === 0 ? none : pixels.subarray((y - 1) * length, y * length);
    const at = y * (length + 1);
    let least = Number.POSITIVE_INFINITY;
    for (const [type, predict] of predictors) {
      let sum = 0;
      for (let i = 0; i < length; i++) {
        const left = i < channels ? 0 : here[i - channels]!;
        const corner = i < channels ? 0 : above[i - channels]!;
        const difference = (here[i]! - predict(left, above[i]!, corner)) & 255;
        row[i] = difference;
        sum += difference < 128 ? difference : 256 - difference;
      }
      if (sum >= least) continue;
      least = sum;
      filtered[at] = type;
      filtered.set(row, at + 1);
    }
  }
  return filtered;
}

type Predictor = (left: number, above: number, corner: number) => number;

/** Number and prediction of the filter types tried; nothing and the average hardly ever win. */
const predictors: readonly (readonly [number, Predictor])[] = [
  [1, (left) => left],
  [2, (_, above) => above],
  [4, paeth],
];

function paeth(left: number, above: number, corner: number): number {
  const towardsLeft = Math.abs(above - corner);
  const towardsAbove = Math.abs(left - corner);
  const towardsCorner = Math.abs(left + above - 2 * corner);
  if (towardsLeft <= towardsAbove && towardsLeft <= towardsCorner) return left;
  return towardsAbove <= towardsCorner ? above : corner;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const whole = new Uint8Array(data.length + 12);
  const view = new DataView(whole.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) whole[4 + i] = type.charCodeAt(i);
  whole.set(data, 8);
  view.setUint32(data.length + 8, crc32(whole.subarray(4, data.length + 8)));
  return whole;
}
