/**
 * Values that payloads are made of. Scores are percentages (0 to 100) and `null` where they cannot be computed (no
 * labels, no masks, no attention). Typed arrays are row-major; their lengths are checked against the sizes beside them.
 */
import * as v from 'valibot';

export const finite = v.pipe(v.number(), v.finite());
export const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const text = v.string();
export const score = v.nullable(finite);
export const pixels = v.instance(Uint8ClampedArray);
