/** Buttons that open the system's own dialogues for a folder or fPictures…. */

import { Button } from '@mantine/core';
import { useRef } from 'react';
import { takeFolderFrom } from '../store/actions';
import type { Folder } from '../store/setup';
import { fromDirectoryHandle, fromFileList } from './collectFiles';
import styles from './setup.module.css';

declare module 'react' {
  interface InputHTMLAttributes<T> {
    /** Chooses a folder; not in the types of React. */
    webkitdirectory?: T extends HTMLInputElement ? '' : never;
  }
}

declare global {
  interface Window {
    /** Chromium only, and not in its types. */
    showDirectoryPicker?(options?: { id?: string }): Promise<FileSystemDirectoryHandle>;
  }
}

const types = 'image/jpeg,image/png,image/webp,image/avif,image/gif,image/bmp';

/** Asks for a folder; null when the dialogue is closed. */
async function pickFolder(): Promise<Folder | null> {
  try {
    const handle = await window.showDirectoryPicker?.({ id: 'pictures' });
    return handle === undefined ? null : await fromDirectoryHandle(handle);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') return null;
    throw thrown;
  }
}

export function FolderPicker() {
  const folderInput = useRef<HTMLInputElement>(null);
  const filesInput = useRef<HTMLInputElement>(null);
  const chooseFolder = () => {
    if (window.showDirectoryPicker === undefined) folderInput.current?.click();
    else void takeFolderFrom(pickFolder);
  };
  const take = (input: HTMLInputElement) => {
    const files = [...(input.files ?? [])];
    // The same folder may be chosen again.
    input.value = '';
    if (files.length > 0) void takeFolderFrom(async () => fromFileList(files));
  };
  return (
    <div className={styles.pickers}>
      <Button variant="default" size="compact-sm" onClick={chooseFolder}>
        Choose a folder…
      </Button>
      <Button variant="default" size="compact-sm" onClick={() => filesInput.current?.click()}>
        Pictures…
      </Button>
      <input
        ref={folderInput}
        type="file"
        hidden
        webkitdirectory=""
        multiple
        data-testid="folder-input"
        aria-label="A folder of pictures"
        onChange={(event) => take(event.currentTarget)}
      />
      <input
        ref={filesInput}
        type="file"
        hidden
        multiple
        accept={types}
        data-testid="pictures-input"
        aria-label="Single pictures"
        onChange={(event) => take(event.currentTarget)}
      />
    </div>
  );
}
