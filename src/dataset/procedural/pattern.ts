/**
 * The patterns that objects bear where texture tells the class: five kinds, wide and narrow. A mirrored picture
 * keeps its kind (slanting stripes stay slanting), so that flips of views cannot turn one class into another.
 */
import type { RandomStream } from '../../platform/random';

/** The patterns, in label order. */
export const patternNames = [
  'wide lying stripes',
  'wide standing stripes',
  'wide slanting stripes',
  'wide checks',
  'wide dots',
  'narrow lying stripes',
  'narrow standing stripes',
  'narrow slanting stripes',
  'narrow checks',
  'narrow dots',
] as const;

/** Two waves, as values of a sine, to the depth of the pattern: below 0 is dark. */
const kinds: readonly ((across: number, down: number) => number)[] = [
  (_, down) => down,
  (across) => across,
  (across) => across,
  (across, down) => across * down,
  (across, down) => 1.2 * (across + down) - 1,
];

const slantingKind = 2;
/** px of a 64 px picture from one stripe to the next; far enough apart that a crop's zoom does not bridge it. */
const periods = [14, 5] as const;
/** Share of its colour that is left to an object in the dark of its pattern. */
const darkest = 0.4;
/** Softness of edges: a sine is cut off at one over this. */
const steepness = 1.6;

/**
 * The brightness [size, size] that the pattern of class `label` leaves of an object's colour, 0.4 to 1. Where it
 * begins is drawn, and a small tilt, so that no pixel tells the class by itself.
 */
export function patternShade(label: number, random: RandomStream, size: number): Float32Array {
  const kind = kinds[label % kinds.length]!;
  const frequency = (2 * Math.PI) / (periods[Math.floor(label / kinds.length)]! * (size / 64));
  const slant = label % kinds.length === slantingKind ? Math.PI / 4 : 0;
  const side = random.integer(2) === 0 ? 1 : -1;
  const tilt = side * slant + random.uniform(-0.15, 0.15);
  const across = random.uniform(0, 2 * Math.PI);
  const down = random.uniform(0, 2 * Math.PI);
  const cos = Math.cos(tilt) * frequency;
  const sin = Math.sin(tilt) * frequency;
  const shade = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const wave = kind(Math.sin(x * cos + y * sin + across), Math.sin(y * cos - x * sin + down));
      const light = Math.max(0, Math.min(1, 0.5 + 0.5 * steepness * wave));
      shade[y * size + x] = darkest + (1 - darkest) * light;
    }
  }
  return shade;
}
