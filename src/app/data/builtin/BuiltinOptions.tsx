/** What a built-in set shows: folded away until somebody wants to change it, and fetched only then. */

import { Skeleton } from '@mantine/core';
import { lazy, Suspense, useEffect, useId, useState } from 'react';
import { builtinParams, pictureFieldNames } from '../../../recipe';
import { ProblemLines } from '../../setup/ProblemLines';
import setupStyles from '../../setup/setup.module.css';
import { ErrorBoundary } from '../../shell/ErrorBoundary';
import { useUi } from '../../store/actions';
import { useProblems } from '../../store/facts';
import { useSetup } from '../../store/setup';
import { dataSurface } from '../surface/dataSurface';

const Loaded = lazy(() =>
  import('./BuiltinSettings').then((module) => ({ default: module.BuiltinSettings })),
);

/** Everything that is said of the pictures, but which set they are. */
const names: readonly string[] = pictureFieldNames.filter((name) => name !== 'data');

/** The settings of the built-in set in use; nothing for pictures of one's own. */
export function BuiltinOptions() {
  const recipe = useSetup((s) => s.recipe);
  const problems = useProblems().filter(({ field }) => names.includes(field));
  const shownField = useUi((s) => s.shownField);
  const [open, setOpen] = useState(false);
  const id = useId();
  const wanted = shownField !== null && names.includes(shownField.name);
  // biome-ignore lint/correctness/useExhaustiveDependencies: every wish opens it again, for the same field too
  useEffect(() => {
    if (wanted) setOpen(true);
  }, [wanted, shownField]);
  if (recipe.data === 'folder') return null;
  const changed = Object.keys(builtinParams(recipe)).length;
  return (
    <div>
      <button
        type="button"
        className={setupStyles.disclose}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        Classes, cues and background of {recipe.data}
        {changed > 0 && ` (${changed} changed)`}
      </button>
      {!open && <ProblemLines problems={problems} />}
      <div id={id} hidden={!open}>
        {open && (
          <ErrorBoundary what="The settings of this set">
            <Suspense fallback={<Skeleton height={260} radius={9} />}>
              <Loaded problems={problems} />
            </Suspense>
          </ErrorBoundary>
        )}
      </div>
      <button type="button" className={setupStyles.more} onClick={dataSurface.show}>
        Look at the pictures
      </button>
    </div>
  );
}
