/** The files of a folder that could not be used, each with its reason. */

import { useState } from 'react';
import type { DatasetSummary } from '../../session/protocol';
import { plural } from '../format';
import styles from './setup.module.css';

/** More than this would make the page long and say nothing new. */
const mostShown = 100;

export function SkippedFiles({ files }: { files: DatasetSummary['skipped'] }) {
  const [open, setOpen] = useState(false);
  if (files.length === 0) return null;
  return (
    <div>
      <button type="button" className={styles.disclose} aria-expanded={open} onClick={() => setOpen(!open)}>
        {plural(files.length, 'file')} could not be used
      </button>
      {open && (
        <ul className={styles.skipped}>
          {files.slice(0, mostShown).map(({ path, reason }) => (
            <li key={path}>
              <b>{path}</b> {reason}
            </li>
          ))}
          {files.length > mostShown && <li>and {plural(files.length - mostShown, 'more', 'more')}</li>}
        </ul>
      )}
    </div>
  );
}
