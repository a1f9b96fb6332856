/** A few lines that need saying, with a coloured edge that says how much they matter. */

import { CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './notice.module.css';

interface Props {
  kind: 'bad' | 'warn' | 'news';
  title: string;
  onClose?(): void;
  children?: ReactNode;
}

export function Notice({ kind, title, onClose, children }: Props) {
  return (
    <div className={`${styles.notice} ${styles[kind]}`} role={kind === 'news' ? 'status' : 'alert'}>
      <div className={styles.head}>
        <b>{title}</b>
        {onClose !== undefined && <CloseButton size="sm" aria-label="Close" onClick={onClose} />}
      </div>
      {children}
    </div>
  );
}
