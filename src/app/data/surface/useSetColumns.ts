/** What the library knows of a set, asked for again whenever its pictures change. */

import { useEffect, useState } from 'react';
import type { SetColumns } from '../../../session/library';
import { library, useLibrary } from '../../store/libraryState';
import { reportError } from '../../store/notify';

/** The columns of the set `id`; those of an earlier state until the newer have come. null for no stored set. */
export function useSetColumns(id: string | null): SetColumns | null {
  const [columns, setColumns] = useState<SetColumns | null>(null);
  const revision = useLibrary((s) => s.sets.find((set) => set.id === id)?.revision);
  useEffect(() => {
    if (id === null || revision === undefined) return;
    let current = true;
    library()
      .then((from) => from.columns(id))
      .then((next) => {
        if (current) setColumns(next);
      })
      .catch((thrown: unknown) => {
        if (current) reportError(thrown);
      });
    return () => {
      current = false;
    };
  }, [id, revision]);
  return columns?.set === id ? columns : null;
}
