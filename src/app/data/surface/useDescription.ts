/** Mean and deviation of the colours of the pictures in use, once the worker has added them up. */

import { useEffect, useState } from 'react';
import type { Description } from '../../../session/protocol';
import { reportError } from '../../store/notify';
import { session } from '../../store/run';

export function useDescription(generation: number): Description | null {
  const [description, setDescription] = useState<Description | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other pictures have other colours
  useEffect(() => {
    let current = true;
    session()
      .describe()
      .then((next) => {
        if (current) setDescription(next);
      })
      .catch((thrown: unknown) => {
        // Of pictures that have made way, nobody asks any more.
        if (current) reportError(thrown);
      });
    return () => {
      current = false;
    };
  }, [generation]);
  return description?.generation === generation ? description : null;
}
