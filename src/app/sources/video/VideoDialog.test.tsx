import { act, cleanup, fireEvent, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { connectLibrary } from '../../store/libraryState';
import { FakeLibrary } from '../../testing/fakeLibrary';
import { draw } from '../../testing/page';
import { type AllFramesOptions, framesOfAll } from '../framesOf';
import { VideoDialog } from './VideoDialog';

vi.mock('../framesOf');

let library: FakeLibrary;

beforeEach(() => {
  library = new FakeLibrary();
  connectLibrary(library);
});
afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

function open(...names: string[]) {
  draw(<VideoDialog opened onClose={() => {}} />);
  const input = document.querySelector('input[type=file]')!;
  fireEvent.change(input, { target: { files: names.map((name) => new File(['x'], name)) } });
}

const frame = (path: string) => ({ path, file: new Blob(['y'], { type: 'image/jpeg' }) });
const takeFrames = () => fireEvent.click(screen.getByRole('button', { name: 'Take frames' }));

it('says what came of each video, and brings the frames in with that', async () => {
  const lines = [
    { path: 'clip.mp4', outcome: 'used', reason: null, detail: '1 frame' },
    { path: '\u202Ecod.mp4', outcome: 'skipped', reason: 'unsupported-format', detail: 'not here' },
  ] as const;
  const files = [frame('clip.mp4/frame 0001 (0.0 s).jpg')];
  vi.mocked(framesOfAll).mockResolvedValue({ files, lines: [...lines] });
  open('clip.mp4', 'cod.mp4');
  await act(async () => takeFrames());
  expect(vi.mocked(framesOfAll).mock.calls[0]![1]).toMatchObject({ every: 0.5, most: 200 });
  const said = screen.getAllByRole('listitem').map(({ textContent }) => textContent);
  expect(said[0]).toContain('clip.mp4');
  expect(said[1]).toContain('not here');
  expect(said.join()).not.toContain('\u202E');
  fireEvent.click(screen.getByRole('button', { name: 'Add 1 picture' }));
  await waitFor(() => expect(library.imports).toHaveLength(1));
  expect(library.imports[0]!.request).toEqual({ name: 'videos', files, lines });
});

it('offers nothing to add where no video could be read', async () => {
  const line = { path: 'a.mp4', outcome: 'skipped', reason: 'damaged', detail: 'cut short' } as const;
  vi.mocked(framesOfAll).mockResolvedValue({ files: [], lines: [line] });
  open('a.mp4');
  await act(async () => takeFrames());
  expect(screen.getByText('cut short')).toBeTruthy();
  expect(screen.queryByRole('button', { name: /^Add/ })).toBeNull();
});

it('tells how far it is, and can be given up', async () => {
  let options: AllFramesOptions = {};
  vi.mocked(framesOfAll).mockImplementation((_, given = {}) => {
    options = given;
    return new Promise((_, reject) =>
      given.signal?.addEventListener('abort', () => reject(given.signal?.reason)),
    );
  });
  open('a.mp4', 'b.mp4');
  await act(async () => takeFrames());
  act(() => options.onProgress?.(1.5, 2, 'b.mp4'));
  expect(screen.getByText(/Video 2 of 2/).textContent).toContain('b.mp4');
  expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('75');
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Cancel' })));
  expect(screen.getByRole('button', { name: 'Take frames' })).toBeTruthy();
  expect(document.querySelector('.mantine-Notification-root')).toBeNull();
});
