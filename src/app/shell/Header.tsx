/** The bar above: run controls, where the run is, how fast it goes, on what it runs. */

import { RunControls } from './RunControls';
import { Share } from './Share';
import { Adapter, Place, Speed } from './Status';
import styles from './shell.module.css';
import { ThemeToggle } from './ThemeToggle';

export function Header() {
  return (
    <header className={styles.header}>
      <div className={styles.controls}>
        <h1 className={styles.brand}>
          paws<span>aur</span>
        </h1>
        <RunControls />
      </div>
      <div className={styles.status}>
        <Place />
        <Speed />
        <span className={styles.space} />
        <Adapter />
        <Share />
        <ThemeToggle />
      </div>
    </header>
  );
}
