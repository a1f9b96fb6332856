/**
 * Ways to pictures beside folders and files: the camera, videos, and the address of a ZIP. Each is a dialogue in a
 * chunk of its own, fetched when it is opened first.
 */

import { type ComponentType, lazy, Suspense, useState } from 'react';
import { ErrorBoundary } from '../shell/ErrorBoundary';
import type { SourceProps } from './Frame';

export const CameraDialog = whenOpened('The camera', () =>
  import('./camera/CameraDialog').then((module) => ({ default: module.CameraDialog })),
);
export const VideoDialog = whenOpened('The videos', () =>
  import('./video/VideoDialog').then((module) => ({ default: module.VideoDialog })),
);
export const UrlDialog = whenOpened('The download', () =>
  import('./url/UrlDialog').then((module) => ({ default: module.UrlDialog })),
);

function whenOpened(what: string, load: () => Promise<{ default: ComponentType<SourceProps> }>) {
  const Loaded = lazy(load);
  return function Dialogue(props: SourceProps) {
    const [wanted, setWanted] = useState(false);
    if (props.opened && !wanted) setWanted(true);
    if (!wanted) return null;
    return (
      <ErrorBoundary what={what}>
        <Suspense fallback={null}>
          <Loaded {...props} />
        </Suspense>
      </ErrorBoundary>
    );
  };
}
