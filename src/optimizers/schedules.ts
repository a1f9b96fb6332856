/**
 * Schedules. Of the official DINO (utils.py `cosine_scheduler`, main_dino.py): one value per iteration, or per
 * epoch for the teacher temperature. Quirks kept: the warm-up includes both its ends (the first iteration has
 * the start value, the base value comes twice), and the cosine never reaches its final value. And of the official
 * PAWS, which warms up without its end point.
 */

/**
 * Linear warm-up, then half a cosine from `base` to `final`.
 * @param warmup iterations of warm-up
 * @returns [total] values
 */
export function cosineSchedule(
  base: number,
  final: number,
  total: number,
  warmup = 0,
  start = 0,
): Float64Array {
  const values = new Float64Array(total);
  const decay = total - warmup;
  for (let i = 0; i < total; i++) {
    if (i < warmup) {
      values[i] = warmup === 1 ? start : start + ((base - start) * i) / (warmup - 1);
    } else {
      values[i] = final + 0.5 * (base - final) * (1 + Math.cos((Math.PI * (i - warmup)) / decay));
    }
  }
  return values;
}

/**
 * The schedule of the official PAWS (suncet's utils.py, `WarmupCosineSchedule`): `start` to `base` in a straight
 * line over `warmup` iterations, the first of which has `start`, then half a cosine to `final` over the rest.
 * @returns [total] values
 */
export function warmupCosineSchedule(
  base: number,
  final: number,
  total: number,
  warmup = 0,
  start = 0,
): Float64Array {
  const decay = Math.max(1, total - warmup);
  return Float64Array.from({ length: total }, (_, i) => {
    if (i < warmup) return start + ((base - start) * i) / Math.max(1, warmup);
    const value = final + 0.5 * (base - final) * (1 + Math.cos((Math.PI * (i - warmup)) / decay));
    return Math.max(final, value);
  });
}

/** Teacher temperature per epoch: linear over the warm-up epochs, both ends included, then constant. */
export function teacherTemperatures(
  warm: number,
  final: number,
  warmupEpochs: number,
  epochs: number,
): Float64Array {
  return Float64Array.from({ length: epochs }, (_, epoch) => {
    if (epoch >= warmupEpochs) return final;
    return warmupEpochs === 1 ? warm : warm + ((final - warm) * epoch) / (warmupEpochs - 1);
  });
}
