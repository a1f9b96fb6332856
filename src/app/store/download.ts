/** Files for the person: made on the page, saved by the browser. */

/** Starts a download. `parts` is text or bytes. */
export function download(fileName: string, type: string, parts: BlobPart): void {
  const url = URL.createObjectURL(new Blob([parts], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  document.body.append(link);
  link.click();
  link.remove();
  // The browser has taken the address by the next task, but some read it late.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** A file name from text that a person or a folder gave: letters, digits, dots and dashes only. */
export function fileNameOf(...parts: string[]): string {
  return parts
    .join('-')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9.]+/g, '-')
    .replace(/^[-.]+|-+$/g, '')
    .slice(0, 100);
}
