/**
 * Lets folders and files be dropped, and pictures be pasted, anywhere on the page. A file of a recipe or of labels
 * that is dropped alone is read as one.
 */

import { useEffect, useState } from 'react';
import { plural } from '../../format';
import { looksLikeLabels, readLabelFile } from '../../labels/labelFiles';
import { takeRecipeFile } from '../../setup/recipeFile';
import { importListed } from '../../store/library';
import { reportError, tell, warn } from '../../store/notify';
import styles from './adding.module.css';
import { dropContents, fromDrop } from './collectFiles';
import { pastedPictures, takePasted } from './paste';

const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

/** Reads what was dropped. */
async function takeDrop(transfer: DataTransfer): Promise<void> {
  const contents = dropContents(transfer);
  try {
    const [file] = contents.files;
    if (contents.files.length === 1 && file !== undefined) {
      if (file.name.toLowerCase().endsWith('.json')) return await takeRecipeFile(file);
      if (looksLikeLabels(file)) return await takeLabels(file);
    }
    await importListed(() => fromDrop(contents));
  } catch (thrown) {
    reportError(thrown);
  }
}

/** Reads a file of labels; what of it cannot be used is told in a corner. */
async function takeLabels(file: File): Promise<void> {
  const { given, problems } = await readLabelFile(file);
  const first = problems[0] === undefined ? '' : ` The first: ${problems[0].reason}`;
  if (problems.length === 0) tell(`${plural(given, 'label')} read`, file.name);
  else
    warn(
      `${plural(given, 'label')} read, ${plural(problems.length, 'row')} left out`,
      `${file.name}.${first}`,
    );
}

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
        void takeDrop(event.dataTransfer);
      },
    };
    const paste = (event: ClipboardEvent) => {
      if (isField(event.target)) return;
      const files = pastedPictures(event.clipboardData);
      if (files.length === 0) return;
      event.preventDefault();
      void takePasted(files);
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
