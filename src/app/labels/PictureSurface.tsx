/**
 * A view over the whole page that shows the pictures in use, or says why there are none yet. The way back is a
 * button, Escape, or the key of the browser.
 */

import { Loader, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Surface } from '../shell/surface';
import { useRun } from '../store/run';
import { useSetup } from '../store/setup';
import styles from './labels.module.css';

interface Props {
  surface: Surface;
  title: string;
  /** Whether Escape means something else than going back. */
  held: boolean;
  /** What is shown once the pictures are there; null before. */
  children: ReactNode;
}

export function PictureSurface({ surface, title, held, children }: Props) {
  const open = surface.use((s) => s.open);
  return (
    <Modal
      opened={open}
      onClose={surface.close}
      returnFocus={false}
      fullScreen
      title={title}
      closeButtonProps={{ 'aria-label': 'Back to the page' }}
      closeOnEscape={!held}
      classNames={{ content: styles.content, header: styles.header, body: styles.body, title: styles.title }}
      transitionProps={{ duration: 0 }}
    >
      {children ?? <Waiting />}
    </Modal>
  );
}

function Waiting() {
  const loading = useSetup((s) => s.loading !== null);
  const has = useRun((s) => s.dataset !== null);
  return (
    <p className={styles.waiting} role="status">
      {loading || has ? (
        <>
          <Loader size="xs" aria-hidden /> Getting the pictures ready…
        </>
      ) : (
        'There are no pictures yet. Go back, and add your own or choose a built-in set.'
      )}
    </p>
  );
}
