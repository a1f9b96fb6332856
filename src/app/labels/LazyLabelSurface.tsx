/** The labelling surface as a chunk of its own, fetched when it is opened first. */

import { lazy, Suspense } from 'react';
import { ErrorBoundary } from '../shell/ErrorBoundary';
import { labelSurface } from './labelSurface';

const Loaded = lazy(() => import('./LabelSurface').then((module) => ({ default: module.LabelSurface })));

export function LazyLabelSurface() {
  const wanted = labelSurface.use((s) => s.wanted);
  if (!wanted) return null;
  return (
    <ErrorBoundary what="The labels">
      <Suspense fallback={null}>
        <Loaded />
      </Suspense>
    </ErrorBoundary>
  );
}
