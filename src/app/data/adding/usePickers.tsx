/** The system's own dialogues for a folder and for files. */

import { type ReactNode, useRef } from 'react';
import type { SetSummary } from '../../../session/library';
import { importListed } from '../../store/library';
import { type Folder, fromDirectoryHandle, fromFileList } from './collectFiles';

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

/** What the dialogue for files shows first; all others can be chosen, too, and are told apart when they are read. */
const types = 'image/*,video/*,.zip,.tar,.tgz,.gz,.bin,.csv';

/** Asks for a folder; null when the dialogue is closed. */
async function askForFolder(): Promise<Folder | null> {
  try {
    const handle = await window.showDirectoryPicker?.({ id: 'pictures' });
    return handle === undefined ? null : await fromDirectoryHandle(handle);
  } catch (thrown) {
    if (thrown instanceof DOMException && thrown.name === 'AbortError') return null;
    throw thrown;
  }
}

interface Options {
  /** A set to add to; a new one where left out. */
  into?: SetSummary;
  testIds?: boolean;
}

interface Pickers {
  /** Has to stand on the page. */
  inputs: ReactNode;
  pickFolder(): void;
  pickFiles(): void;
}

export function usePickers({ into, testIds = false }: Options): Pickers {
  const folder = useRef<HTMLInputElement>(null);
  const files = useRef<HTMLInputElement>(null);
  const take = (input: HTMLInputElement) => {
    const chosen = [...(input.files ?? [])];
    // The same folder may be chosen again.
    input.value = '';
    if (chosen.length > 0) void importListed(async () => fromFileList(chosen), into);
  };
  return {
    inputs: (
      <>
        <input
          ref={folder}
          type="file"
          hidden
          webkitdirectory=""
          multiple
          data-testid={testIds ? 'folder-input' : undefined}
          aria-label="A folder of pictures"
          onChange={(event) => take(event.currentTarget)}
        />
        <input
          ref={files}
          type="file"
          hidden
          multiple
          accept={types}
          data-testid={testIds ? 'pictures-input' : undefined}
          aria-label="Pictures, or a ZIP of them"
          onChange={(event) => take(event.currentTarget)}
        />
      </>
    ),
    pickFolder: () => {
      if (window.showDirectoryPicker === undefined) folder.current?.click();
      else void importListed(askForFolder, into);
    },
    pickFiles: () => files.current?.click(),
  };
}
