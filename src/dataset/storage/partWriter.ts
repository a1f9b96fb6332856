/** The files of an import that is under way: nothing counts until a set's record names them. */
import type { FileStore, FileWriter } from '../../platform/storage';
import type { PictureSink, SinkPlan } from '../importing/pictureSink';
import { maskFile, pixelFile } from './openSet';

/** Takes pictures and masks in order, into two files named after the part. */
export class PartWriter implements PictureSink {
  pictures = 0;
  masks = 0;
  #plan: SinkPlan = { size: 0, pictures: 0, masks: 0 };
  #pixelFile: FileWriter | null = null;
  #maskFile: FileWriter | null = null;

  /**
   * @param check throws where there is no room for so many bytes
   * @param noticed called after every picture
   */
  constructor(
    readonly part: string,
    private readonly files: FileStore,
    private readonly check: (bytes: number) => Promise<void>,
    private readonly noticed: (part: PartWriter) => void,
  ) {}

  /** At most so many pictures are to come; 0 until that is known. */
  get expected(): number {
    return this.#plan.pictures;
  }

  async begin(plan: SinkPlan): Promise<void> {
    this.#plan = plan;
    await this.check(plan.size ** 2 * (3 * plan.pictures + plan.masks));
  }

  async picture(rgb: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#pixelFile ??= await this.files.create(
      pixelFile(this.part),
      3 * this.#plan.size ** 2 * this.#plan.pictures,
    );
    await this.#pixelFile.write(rgb);
    this.pictures++;
    this.noticed(this);
  }

  async mask(mask: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#maskFile ??= await this.files.create(maskFile(this.part), this.#plan.size ** 2 * this.#plan.masks);
    await this.#maskFile.write(mask);
    this.masks++;
  }

  /** Returns when everything survives a crash. */
  async finish(): Promise<void> {
    await this.#pixelFile?.finish();
    await this.#maskFile?.finish();
  }

  async abandon(): Promise<void> {
    await this.#pixelFile?.abandon();
    await this.#maskFile?.abandon();
  }
}

/** Removes the files of a part; what is in use, or cannot be removed now, waits for the next start. Never throws. */
export async function removePart(files: FileStore, part: string): Promise<void> {
  await Promise.allSettled([files.remove(pixelFile(part)), files.remove(maskFile(part))]);
}
