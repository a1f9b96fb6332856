/** The last line: keys, and that nothing leaves the machine. */

import { Kbd } from '@mantine/core';
import styles from './shell.module.css';

export function Footer() {
  return (
    <footer className={styles.footer}>
      <span>
        Keys: <Kbd size="xs">space</Kbd> starts and pauses, <Kbd size="xs">.</Kbd> takes one step, outside of
        fields.
      </span>
      <span>Everything is computed in this page. Your pictures never leave this machine.</span>
    </footer>
  );
}
