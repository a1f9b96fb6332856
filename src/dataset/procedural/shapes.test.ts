import { describe, expect, it } from 'vitest';
import { paintShape, type ShapeName, shapeNames } from './shapes';

const size = 64;
const upright = { centreX: 32, centreY: 32, radius: 24, tilt: 0, stretch: 1 };

function paint(name: ShapeName, pose = upright): Float32Array {
  const mask = new Float32Array(size * size).fill(7);
  paintShape(name, pose, size, mask);
  return mask;
}

const area = (mask: Float32Array) => mask.reduce((sum, share) => sum + share, 0);

describe('paintShape', () => {
  // Areas of the unit outlines, worked out by hand where there is a formula.
  it.each<[ShapeName, number]>([
    ['triangle', (3 * Math.sqrt(3)) / 4],
    ['ring', Math.PI * (1 - 0.55 ** 2)],
    ['cross', 4 * 0.95 ** 2 * (1 - (1 - 0.3) ** 2)],
    ['arrow', 1.1 * 0.5 + (1.4 * 0.85) / 2],
    ['star', 10 * 0.5 * 0.42 * Math.sin(Math.PI / 5)],
    ['leaf', 4 / 3],
    ['heart', (180 * Math.PI) / 17 ** 2],
  ])('gives the %s its true area', (name, unit) => {
    const expected = unit * 24 ** 2;
    expect(area(paint(name)) / expected).toBeGreaterThan(0.995);
    expect(area(paint(name)) / expected).toBeLessThan(1.04);
  });

  it('keeps the area when the shape is tilted and stretched', () => {
    for (const name of shapeNames) {
      const turned = paint(name, { ...upright, tilt: 0.5, stretch: 1.14 });
      expect(Math.abs(area(turned) / area(paint(name)) - 1)).toBeLessThan(0.03);
    }
  });

  it('puts everything where it belongs', () => {
    const at = (mask: Float32Array, x: number, y: number) => mask[y * size + x];
    expect(at(paint('ring'), 32, 32)).toBe(0);
    expect(at(paint('gear'), 32, 32)).toBe(0);
    expect(at(paint('crescent'), 32 + 12, 32)).toBe(0);
    expect(at(paint('crescent'), 32 - 18, 32)).toBe(1);
    expect(at(paint('arrow'), 32 + 20, 32)).toBe(1); // points right
    expect(at(paint('arrow'), 32 - 20, 32 - 12)).toBe(0);
    expect(at(paint('triangle'), 32, 32 - 20)).toBe(1); // tip up
    expect(at(paint('heart'), 32, 32 + 20)).toBe(1); // tip down
    expect(at(paint('heart'), 32, 32 - 16)).toBe(0);
    expect(at(paint('fish'), 32 + 20, 32)).toBe(1); // swims to the right
    expect(at(paint('fish'), 32 - 22, 32)).toBe(0); // its tail is forked
    expect(at(paint('fish'), 32 - 21, 32 + 8)).toBe(1);
  });

  it('softens edges in sixteenths and stays inside the picture', () => {
    const mask = paint('star', { centreX: 2, centreY: 60, radius: 24, tilt: 0.3, stretch: 0.9 });
    const shares = new Set(mask);
    expect(shares.size).toBeGreaterThan(5);
    for (const share of shares) expect(share * 16).toBe(Math.round(share * 16));
    expect(Math.max(...shares)).toBe(1);
  });

  it('paints ten different shapes', () => {
    const masks = shapeNames.map((name) => paint(name).join());
    expect(new Set(masks).size).toBe(10);
  });
});
