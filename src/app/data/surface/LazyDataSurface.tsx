/** The surface for looking at pictures as a chunk of its own, fetched when it is opened first. */

import { lazy, Suspense } from 'react';
import { ErrorBoundary } from '../../shell/ErrorBoundary';
import { dataSurface } from './dataSurface';

const Loaded = lazy(() => import('./DataSurface').then((module) => ({ default: module.DataSurface })));

export function LazyDataSurface() {
  const wanted = dataSurface.use((s) => s.wanted);
  if (!wanted) return null;
  return (
    <ErrorBoundary what="The view of the pictures">
      <Suspense fallback={null}>
        <Loaded />
      </Suspense>
    </ErrorBoundary>
  );
}
