/** The choice among variants by their times, within a budget of time: no device in it, so that it can be tested. */
import { SHAPE_CLASSES, type ShapeClass } from './plan';

export interface ChoiceOptions {
  /** The variant of each class where nothing better is found. */
  preset: Readonly<Record<ShapeClass, string>>;
  /** Variants to try, the likeliest first. */
  names: readonly string[];
  /**
   * Milliseconds that a product of a class takes by a variant, infinite where it does not work; the first call of a
   * variant compiles it.
   */
  measure: (name: string, shapeClass: ShapeClass) => Promise<number>;
  /** Milliseconds of a clock. */
  now: () => number;
  /** Measuring begins nothing that, as far as was seen, would end after this many milliseconds. */
  budgetMs: number;
}

/** A variant takes the preset's place in a class when it is faster by more than the noise. */
const WORTH = 0.95;
/** A variant this much slower than the best in one class is not tried in the others. */
const HOPELESS = 3;

/** The fastest variant of each class, as far as the budget went. */
export async function chooseVariants(options: ChoiceOptions): Promise<Record<ShapeClass, string>> {
  const { preset, names, measure, now, budgetMs } = options;
  const start = now();
  const chosen = { ...preset };
  const times = new Map<string, number>();
  let longest = 0;
  const timeOf = async (name: string, shapeClass: ShapeClass): Promise<number | null> => {
    const known = times.get(`${name} ${shapeClass}`);
    if (known !== undefined) return known;
    const begin = now();
    if (begin - start + longest > budgetMs) return null;
    const ms = await measure(name, shapeClass);
    longest = Math.max(longest, now() - begin);
    times.set(`${name} ${shapeClass}`, ms);
    return ms;
  };
  for (const shapeClass of SHAPE_CLASSES) {
    if ((await timeOf(preset[shapeClass], shapeClass)) === null) return chosen;
  }
  for (const name of names) {
    for (const shapeClass of SHAPE_CLASSES) {
      const best = times.get(`${chosen[shapeClass]} ${shapeClass}`) as number;
      const ms = await timeOf(name, shapeClass);
      if (ms === null) return chosen;
      if (ms < WORTH * best) chosen[shapeClass] = name;
      if (ms > HOPELESS * best) break;
    }
  }
  return chosen;
}
