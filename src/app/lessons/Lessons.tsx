/** The right column: what is happening now, and what to try. */

import { Explanation } from './Explanation';
import { TryIt } from './TryIt';

export function Lessons() {
  return (
    <>
      <Explanation />
      <TryIt />
    </>
  );
}
