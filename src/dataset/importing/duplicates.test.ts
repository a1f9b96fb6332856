import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { nodeImageDecoder } from '../../platform/node/imageDecoder';
import { type Fingerprint, fingerprint } from '../reading/fingerprint';
import { readPicture } from '../reading/readPicture';
import { findDuplicates } from './duplicates';

function columns(prints: Fingerprint[]) {
  return {
    count: prints.length,
    exact: Uint32Array.from(prints.flatMap(({ exact }) => [...exact])),
    look: Uint32Array.from(prints.flatMap(({ look }) => [...look])),
    signature: Uint8Array.from(prints.flatMap(({ signature }) => [...signature])),
  };
}

/** A made-up fingerprint: one number for the pixels, bits of the difference hash, one grey level. */
function print(exact: number, bits: number[], level = 100): Fingerprint {
  const look = new Uint32Array(2);
  for (const bit of bits) look[bit >>> 5]! ^= 1 << (bit & 31);
  return { exact: Uint32Array.of(exact, exact), look, signature: new Uint8Array(64).fill(level) };
}

/** A photo's worth of smooth blobs, another for each seed. */
async function scene(seed: number) {
  const [width, height] = [320, 240];
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        const wave =
          Math.sin((x * (1 + ((seed * 0.37) % 3))) / 40 + seed * c) *
          Math.cos((y * (1 + ((seed * 0.53) % 2))) / 30 + seed);
        rgb[(y * width + x) * 3 + c] = 128 + 110 * wave;
      }
    }
  }
  return sharp(rgb, { raw: { width, height, channels: 3 } });
}

const far = [0, 7, 14, 21, 28, 35, 42, 49, 56, 63];

describe('findDuplicates', () => {
  it('tells the same, the alike and the alone apart', () => {
    const { exact, look } = findDuplicates(
      columns([
        print(1, []),
        print(2, far),
        print(3, [20, 40]), // 2 bits from the first
        print(2, far),
        print(4, [1, 2, 3, 4, 5, 6, 9]),
        print(1, []),
      ]),
    );
    expect([...exact]).toEqual([0, 1, -1, 1, -1, 0]);
    expect([...look]).toEqual([0, 1, 0, 1, -1, 0]);
  });

  it('takes four bits for alike, wherever they are, and five for different', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(63), { minLength: 4, maxLength: 5 }), (bits) => {
        const { look } = findDuplicates(columns([print(1, far), print(2, [...far, ...bits])]));
        expect([...look]).toEqual(bits.length === 4 ? [0, 0] : [-1, -1]);
      }),
    );
  });

  it('does not take pictures of unlike brightness for alike', () => {
    const { look } = findDuplicates(columns([print(1, [], 40), print(2, [], 46), print(3, [], 53)]));
    expect([...look]).toEqual([0, 0, -1]);
  });

  it('finds what comparing all pairs finds', () => {
    const prints = fc.array(
      fc.tuple(fc.nat(30), fc.array(fc.nat(63), { maxLength: 6 }), fc.integer({ min: 90, max: 110 })),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(prints, (made) => {
        const all = made.map(([, bits, level], i) => print(i, bits, level));
        const groups = all.map((_, i) => i);
        for (let a = 0; a < all.length; a++) {
          for (let b = 0; b < a; b++) {
            const bits = [0, 1].map((word) => (all[a]!.look[word]! ^ all[b]!.look[word]!) >>> 0);
            const apart = bits.reduce((sum, word) => sum + word.toString(2).replaceAll('0', '').length, 0);
            if (apart > 4 || Math.abs(all[a]!.signature[0]! - all[b]!.signature[0]!) > 6) continue;
            const [keep, drop] = [groups[b]!, groups[a]!];
            groups.forEach((group, i) => {
              if (group === drop) groups[i] = keep;
            });
          }
        }
        const { look } = findDuplicates(columns(all));
        for (let a = 0; a < all.length; a++) {
          for (let b = 0; b < a; b++) {
            expect(look[a] === look[b] && look[a] !== -1).toBe(groups[a] === groups[b]);
          }
        }
      }),
    );
  });

  it('groups 50,000 copies, and 50,000 pictures that all look alike', () => {
    const count = 50_000;
    const index = {
      count,
      exact: new Uint32Array(2 * count).fill(9),
      look: new Uint32Array(2 * count),
      signature: new Uint8Array(64 * count).fill(128),
    };
    expect(new Set(findDuplicates(index).exact)).toEqual(new Set([0]));
    for (let i = 0; i < count; i++) index.exact[2 * i] = i;
    const { exact, look } = findDuplicates(index);
    expect(new Set(exact)).toEqual(new Set([-1]));
    expect(new Set(look)).toEqual(new Set([0]));
  });

  it('knows a photo that was scaled or saved again, and no other', async () => {
    const files: Buffer[] = [];
    for (let seed = 1; seed <= 20; seed++)
      files.push(await (await scene(seed)).jpeg({ quality: 95 }).toBuffer());
    files.push(await sharp(files[4]!).jpeg({ quality: 40 }).toBuffer());
    files.push(await sharp(files[9]!).resize(1000).webp({ quality: 60 }).toBuffer());
    files.push(await sharp(files[9]!).resize(130).png().toBuffer());
    files.push(files[0]!);
    const reads = await Promise.all(
      files.map((bytes) => readPicture({ bytes, side: 80, as: 'picture' }, nodeImageDecoder)),
    );
    const { exact, look } = findDuplicates(columns(reads.filter((read) => read.kind === 'picture')));
    const members = (groups: Int32Array) =>
      [0, 1, 2].map((group) => [...groups.keys()].filter((i) => groups[i] === group));
    expect(members(exact)).toEqual([[0, 23], [], []]);
    expect(members(look)).toEqual([
      [0, 23],
      [4, 20],
      [9, 21, 22],
    ]);
    expect(Math.max(...look)).toBe(2);
  });
});

describe('fingerprint', () => {
  it('changes its hash with every pixel and every order of them', () => {
    const base = new Uint8Array(16 * 16 * 3).fill(70);
    const seen = new Set([`${fingerprint(base, 16).exact}`]);
    for (let i = 0; i < base.length; i++) {
      const changed = base.slice();
      changed[i]! += 1;
      seen.add(`${fingerprint(changed, 16).exact}`);
    }
    expect(seen.size).toBe(base.length + 1);
    expect(fingerprint(base.slice(), 16).exact).toEqual(fingerprint(base, 16).exact);
  });

  it('says where a picture grows brighter to the right, and how grey its cells are', () => {
    const slope = new Uint8Array(24 * 24 * 3);
    for (let i = 0; i < slope.length; i++) slope[i] = 10 * (Math.floor(i / 3) % 24);
    const rising = fingerprint(slope, 24);
    expect([...rising.look]).toEqual([0xffffffff, 0xffffffff]);
    expect([...rising.signature.slice(0, 8)]).toEqual([10, 40, 70, 100, 130, 160, 190, 220]);
    const falling = fingerprint(
      slope.map((value) => 230 - value),
      24,
    );
    expect([...falling.look]).toEqual([0, 0]);
  });
});
