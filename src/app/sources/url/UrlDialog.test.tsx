import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PawsaurError } from '../../../platform/errors';
import { connectLibrary } from '../../store/libraryState';
import { FakeLibrary, sampleSet } from '../../testing/fakeLibrary';
import { draw } from '../../testing/page';
import { type Download, startDownload } from './download';
import { UrlDialog } from './UrlDialog';

vi.mock('./download');

let library: FakeLibrary;
let onClose: ReturnType<typeof vi.fn<() => void>>;

beforeEach(() => {
  library = new FakeLibrary();
  connectLibrary(library);
  onClose = vi.fn<() => void>();
});
afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

/** A download whose end the test decides. */
function fakeDownload() {
  let resolve: (file: File) => void = () => {};
  let reject: (error: PawsaurError) => void = () => {};
  const done = new Promise<File>((bring, fail) => {
    resolve = bring;
    reject = fail;
  });
  const cancel = vi.fn(() => reject(new PawsaurError('aborted', 'Stopped on request.')));
  vi.mocked(startDownload).mockReturnValue({ done, cancel } satisfies Download);
  return { resolve, reject, cancel };
}

const type = (text: string) =>
  fireEvent.change(screen.getByRole('textbox', { name: 'Address of a ZIP file' }), {
    target: { value: text },
  });
const open = () => draw(<UrlDialog opened onClose={onClose} />);

it('names the host before anything is asked of it', async () => {
  const { resolve } = fakeDownload();
  open();
  type('example.org/data/cats.zip');
  expect(screen.getByText(/and nobody else/).textContent).toContain('example.org');
  expect(startDownload).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('button', { name: 'Download from example.org' }));
  expect(vi.mocked(startDownload).mock.calls[0]![0]).toMatchObject({
    url: 'https://example.org/data/cats.zip',
  });
  await act(async () => resolve(new File(['x'], 'cats.zip')));
  await waitFor(() => expect(library.imports).toHaveLength(1));
  expect(library.imports[0]!.request).toMatchObject({ name: 'cats', files: [{ path: 'cats.zip' }] });
  expect(onClose).toHaveBeenCalledOnce();
});

it('says what is wrong with an address, and offers nothing', () => {
  open();
  type('ftp://example.org/cats.zip');
  expect(screen.getByText(/begin with https/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Download' })).toHaveProperty('disabled', true);
});

it('tells why nothing came, and keeps what was typed', async () => {
  const { reject } = fakeDownload();
  open();
  type('https://example.org/cats.zip');
  fireEvent.click(screen.getByRole('button', { name: /^Download from/ }));
  await act(async () => reject(new PawsaurError('download/closed', 'Not to be read.', 'Do it by hand.')));
  expect((await screen.findByRole('alert')).textContent).toBe('Not to be read.Do it by hand.');
  expect(screen.getByDisplayValue('https://example.org/cats.zip')).toBeTruthy();
  expect(onClose).not.toHaveBeenCalled();
});

it('is given up without a word', async () => {
  const { cancel } = fakeDownload();
  open();
  type('https://example.org/cats.zip');
  fireEvent.click(screen.getByRole('button', { name: /^Download from/ }));
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Cancel' })));
  expect(cancel).toHaveBeenCalled();
  expect(screen.queryByRole('alert')).toBeNull();
  expect(library.imports).toHaveLength(0);
});

it('adds to a set that is there, if asked', async () => {
  const { resolve } = fakeDownload();
  library.tell({ sets: [sampleSet({ id: 'set-1', name: 'waste' })] });
  open();
  type('https://example.org/cats.zip');
  fireEvent.change(screen.getByRole('combobox', { name: 'Add to' }), { target: { value: 'set-1' } });
  fireEvent.click(screen.getByRole('button', { name: /^Download from/ }));
  await act(async () => resolve(new File(['x'], 'cats.zip')));
  await waitFor(() => expect(library.imports).toHaveLength(1));
  expect(library.imports[0]!.request).toMatchObject({ name: 'waste', into: 'set-1' });
});
