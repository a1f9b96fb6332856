/** The frame of the dialogues that bring pictures in: a heading, and the whole screen where that is small. */

import { Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import type { ReactNode } from 'react';
import styles from './sources.module.css';

/** What each of the dialogues takes. */
export interface SourceProps {
  opened: boolean;
  onClose(): void;
}

interface Props extends SourceProps {
  title: string;
  /** Width, px. */
  width: number;
  /** Something would be lost: only the close button closes, not a key or a press beside it. */
  held: boolean;
  children: ReactNode;
}

export function Frame({ opened, onClose, title, width, held, children }: Props) {
  const narrow = useMediaQuery('(max-width: 640px)', false, { getInitialValueInEffect: false });
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={width}
      fullScreen={narrow}
      closeOnEscape={!held}
      closeOnClickOutside={!held}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ content: styles.content, header: styles.header, title: styles.title, body: styles.body }}
      transitionProps={{ duration: 0 }}
    >
      {children}
    </Modal>
  );
}
