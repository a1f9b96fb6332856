/** What is dropped on the page or lies on the clipboard, taken out while the event is being handled: later it is empty. */

/** What a drop holds. */
export interface Dropped {
  entries: FileSystemEntry[];
  files: File[];
}

/** The contents of a drop: folders and files where the browser tells of them, files else. */
export function dropContents(transfer: DataTransfer): Dropped {
  const entries: FileSystemEntry[] = [];
  for (const item of transfer.items) {
    const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
    if (entry !== null) entries.push(entry);
  }
  return { entries, files: [...transfer.files] };
}
