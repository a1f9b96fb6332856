/** The person's own pictures as a chunk of its own: the page stands before it is there. */

import { lazy, Suspense } from 'react';
import { ErrorBoundary } from '../../shell/ErrorBoundary';

const Loaded = lazy(() => import('./OwnSets').then((module) => ({ default: module.OwnSets })));

export function LazyOwnSets() {
  return (
    <ErrorBoundary what="The library of pictures">
      <Suspense fallback={null}>
        <Loaded />
      </Suspense>
    </ErrorBoundary>
  );
}
