/**
 * Which picture lies in which slot of the GPU. Slots are filled when a batch asks for a picture that has none; when
 * all are taken, the picture that was asked for longest ago makes room. A set that fits is read once, a larger one a
 * batch at a time, and the crops are the same to the bit.
 */
import { PawsaurError } from '../platform/errors';
import { COLUMNS, column } from './parameters';

/** Where pictures come from: a copy of the packed pixels [n, height, width] of the pictures `indices`. */
export interface PictureSource {
  take(indices: ArrayLike<number>): Uint32Array;
}

export class PictureSlots {
  /** Slots by picture; those asked for longest ago come first. */
  readonly #slotOf = new Map<number, number>();

  /**
   * @param area pixels of a picture
   * @param write puts pictures into the slots from `slot` on, before whatever the device is sent from then on
   */
  constructor(
    private readonly source: PictureSource,
    private readonly slots: number,
    private readonly area: number,
    private readonly write: (slot: number, pixels: Uint32Array) => void,
  ) {}

  /**
   * Rows [n, COLUMNS] that name slots in place of pictures; the pictures lie there until the next call.
   * @throws PawsaurError 'augmentation/too-many-images' when they are more than there are slots
   */
  place(rows: Float32Array): Float32Array {
    const pictures = picturesOf(rows);
    if (pictures.size > this.slots) {
      throw new PawsaurError(
        'augmentation/too-many-images',
        `${pictures.size} pictures are needed at once, and there is room for ${this.slots} on the graphics device.`,
        'Use a smaller batch.',
      );
    }
    this.#fill(pictures);
    const placed = rows.slice();
    for (let at = column.image; at < rows.length; at += COLUMNS) {
      placed[at] = this.#slotOf.get(rows[at] as number) as number;
    }
    return placed;
  }

  #fill(pictures: ReadonlySet<number>): void {
    const missing: number[] = [];
    for (const picture of pictures) {
      const slot = this.#slotOf.get(picture);
      if (slot === undefined) missing.push(picture);
      else this.#take(picture, slot);
    }
    if (missing.length === 0) return;
    // A source that cannot be read leaves all as it is.
    const pixels = this.source.take(missing);
    if (pixels.length !== missing.length * this.area) {
      throw new PawsaurError(
        'augmentation/pixels',
        `${missing.length} pictures need ${missing.length * this.area} pixels; ${pixels.length} were given.`,
      );
    }
    const slots = missing.map((picture) => {
      const slot = this.#freeSlot();
      this.#take(picture, slot);
      return slot;
    });
    // Neighbouring slots in one go.
    let from = 0;
    for (let i = 1; i <= slots.length; i++) {
      if (slots[i] === (slots[i - 1] as number) + 1) continue;
      this.write(slots[from] as number, pixels.subarray(from * this.area, i * this.area));
      from = i;
    }
  }

  /** One that was never used, else that of the picture asked for longest ago: none of this call, which came last. */
  #freeSlot(): number {
    if (this.#slotOf.size < this.slots) return this.#slotOf.size;
    const [[picture, slot]] = this.#slotOf as unknown as [[number, number]];
    this.#slotOf.delete(picture);
    return slot;
  }

  /** Notes that a picture was asked for last. */
  #take(picture: number, slot: number): void {
    this.#slotOf.delete(picture);
    this.#slotOf.set(picture, slot);
  }
}

/** The pictures that rows name, in the order in which they first come. */
export function picturesOf(rows: Float32Array): Set<number> {
  const pictures = new Set<number>();
  for (let at = column.image; at < rows.length; at += COLUMNS) pictures.add(rows[at] as number);
  return pictures;
}

/** Cuts rows into stretches that name at most `most` pictures each. */
export function cutByPictures(rows: Float32Array, most: number): Float32Array[] {
  const parts: Float32Array[] = [];
  const named = new Set<number>();
  let from = 0;
  for (let at = 0; at < rows.length; at += COLUMNS) {
    const picture = rows[at + column.image] as number;
    if (!named.has(picture) && named.size === most) {
      parts.push(rows.subarray(from, at));
      from = at;
      named.clear();
    }
    named.add(picture);
  }
  parts.push(rows.subarray(from));
  return parts;
}
