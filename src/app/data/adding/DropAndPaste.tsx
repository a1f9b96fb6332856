/** Lets folders and files be dropped, and pictures be pasted, anywhere on the page. */

import { useEffect, useState } from 'react';
import { reportError } from '../../store/notify';
import styles from './drop.module.css';
import { dropContents } from './dropContents';

/** What is done with files is loaded with the first of them. */
const reading = () => import('./takeFiles');

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Whether what is typed or pasted there is meant for a field. */
function isField(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('input, textarea, [contenteditable]') !== null;
}

export function DropAndPaste() {
  const [over, setOver] = useState(false);
  useEffect(() => {
    // Entering a child leaves its parent, in this order, so the page is left when as many were left as entered.
    let depth = 0;
    const listeners = {
      dragenter: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        depth++;
        setOver(true);
      },
      dragleave: (event: DragEvent) => {
        if (!hasFiles(event)) return;
        depth = Math.max(0, depth - 1);
        if (depth === 0) setOver(false);
      },
      dragover: (event: DragEvent) => {
        if (hasFiles(event)) event.preventDefault();
      },
      drop: (event: DragEvent) => {
        depth = 0;
        setOver(false);
        if (!hasFiles(event) || event.dataTransfer === null) return;
        event.preventDefault();
        const contents = dropContents(event.dataTransfer);
        reading()
          .then(({ takeDrop }) => takeDrop(contents))
          .catch(reportError);
      },
    };
    const paste = (event: ClipboardEvent) => {
      if (isField(event.target)) return;
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      reading()
        .then(({ takePasted }) => takePasted(files))
        .catch(reportError);
    };
    const all = Object.entries(listeners) as [keyof typeof listeners, (event: DragEvent) => void][];
    for (const [name, listener] of all) window.addEventListener(name, listener);
    window.addEventListener('paste', paste);
    return () => {
      for (const [name, listener] of all) window.removeEventListener(name, listener);
      window.removeEventListener('paste', paste);
    };
  }, []);
  if (!over) return null;
  return (
    <div className={styles.dropOverlay} role="status">
      <div>
        <b>Drop it here</b>
        <span>Folders, pictures, a ZIP. Sub-folders become classes. Nothing leaves this machine.</span>
      </div>
    </div>
  );
}
