/** Folders of photos that are made up, as large and as many as a test wants: no two alike. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

interface PhotoFolder {
  classes: number;
  perClass: number;
  width: number;
  height: number;
}

/** Coarse random colours, enlarged: 8 × 6 of them. */
const coarse = { width: 8, height: 6, channels: 3 } as const;

/** Writes JPEGs into `folder/class 00/photo 0000.jpg` … */
export async function writePhotos(folder: string, options: PhotoFolder): Promise<void> {
  const { classes, perClass } = options;
  for (let label = 0; label < classes; label++) {
    const inside = join(folder, `class ${String(label).padStart(2, '0')}`);
    mkdirSync(inside, { recursive: true });
    const numbers = Array.from({ length: perClass }, (_, i) => i);
    while (numbers.length > 0) {
      await Promise.all(
        numbers.splice(0, 8).map(async (i) => {
          const name = join(inside, `photo ${String(i).padStart(4, '0')}.jpg`);
          writeFileSync(name, await photo(label * perClass + i, options));
        }),
      );
    }
  }
}

/** One photo; the number alone decides it. */
async function photo(seed: number, { width, height }: Pick<PhotoFolder, 'width' | 'height'>) {
  let state = (seed + 1) * 2_654_435_761;
  const colours = Buffer.from(
    Uint8Array.from({ length: coarse.width * coarse.height * 3 }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
  return sharp(colours, { raw: coarse })
    .resize(width, height, { fit: 'fill' })
    .jpeg({ quality: 88 })
    .toBuffer();
}
