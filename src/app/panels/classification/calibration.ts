/** What the calibration of the answers says, in words. */

import type { Classification } from '../../../session/protocol';

/** Below this mean gap, percent, nothing is wrong that so few pictures could show. */
const small = 5;

/** The mean gap, and on which side it lies. @param error expected calibration error, percent */
export function calibrationWords(
  reliability: Classification['reliability'],
  error: Classification['calibrationError'],
): string {
  if (error === null) return 'No picture with a known class is held out, so this cannot be told.';
  let sure = 0;
  let right = 0;
  let count = 0;
  for (const bin of reliability) {
    if (bin.confidence === null || bin.accuracy === null) continue;
    sure += bin.count * bin.confidence;
    right += bin.count * bin.accuracy;
    count += bin.count;
  }
  const gap = `Calibration error (ECE) ${error.toFixed(1)} %`;
  if (count === 0) return `${gap}.`;
  const said = `On average it is ${(sure / count).toFixed(0)} % sure and ${(right / count).toFixed(0)} % right`;
  const verdict =
    error < small ? 'about as sure as it should be' : sure > right ? 'too sure of itself' : 'not sure enough';
  return `${said}: ${verdict}. ${gap}; on the dashed line there is none.`;
}
