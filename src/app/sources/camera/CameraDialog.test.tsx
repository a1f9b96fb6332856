import { act, cleanup, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PawsaurError } from '../../../platform/errors';
import { connectLibrary } from '../../store/libraryState';
import { FakeLibrary } from '../../testing/fakeLibrary';
import { draw } from '../../testing/page';
import { CameraDialog } from './CameraDialog';
import { type Camera, openCamera } from './camera';
import { capture } from './capture';

vi.mock('./capture');
vi.mock('./camera', async (original) => ({
  ...(await original<typeof import('./camera')>()),
  openCamera: vi.fn(),
  listCameras: async () => [],
}));

let library: FakeLibrary;
let onClose: ReturnType<typeof vi.fn<() => void>>;
let stopped: number;

beforeEach(() => {
  library = new FakeLibrary();
  connectLibrary(library);
  onClose = vi.fn<() => void>();
  stopped = 0;
  const stream = new MediaStream();
  vi.mocked(openCamera).mockResolvedValue({ stream, deviceId: '', away: false, stop: () => stopped++ });
  vi.mocked(capture).mockImplementation(async () => ({ file: new Blob(['x']), thumbnail: new Blob(['t']) }));
});
afterEach(() => {
  cleanup();
  vi.clearAllMocks();
});

const turnOn = async () => {
  await act(async () => fireEvent.click(screen.getByRole('button', { name: 'Turn the camera on' })));
};
const record = (name: string) => screen.getByRole('button', { name: `Record ${name}` });
const shots = (name: string) =>
  within(screen.getByRole('list', { name: `Pictures of ${name}` })).getAllByRole('listitem').length;
const dialogue = () => draw(<CameraDialog opened onClose={onClose} />);

it('asks for the camera when it is pressed, and records nothing before', async () => {
  dialogue();
  expect(openCamera).not.toHaveBeenCalled();
  expect(record('Class 1')).toHaveProperty('disabled', true);
  await turnOn();
  expect(openCamera).toHaveBeenCalledOnce();
  expect(capture).not.toHaveBeenCalled();
});

it('takes one picture for a press, and more while a key is held', async () => {
  dialogue();
  await turnOn();
  await act(async () => fireEvent.click(record('Class 1'), { detail: 0 }));
  expect(shots('Class 1')).toBe(1);
  fireEvent.keyDown(window, { key: '2' });
  await waitFor(() => expect(shots('Class 2')).toBeGreaterThanOrEqual(3));
  fireEvent.keyUp(window, { key: '2' });
  await act(async () =>
    fireEvent.click(screen.getByRole('button', { name: 'Take back the last recording' })),
  );
  expect(screen.queryByRole('list', { name: 'Pictures of Class 2' })).toBeNull();
  expect(shots('Class 1')).toBe(1);
});

it('lets a name be typed without recording', async () => {
  dialogue();
  await turnOn();
  fireEvent.keyDown(screen.getByRole('textbox', { name: 'Name of class 1' }), { key: '1' });
  expect(capture).not.toHaveBeenCalled();
});

it('brings the pictures in, in a folder for each class', async () => {
  dialogue();
  await turnOn();
  fireEvent.change(screen.getByRole('textbox', { name: 'Name of class 1' }), { target: { value: 'cat' } });
  await act(async () => fireEvent.click(record('cat'), { detail: 0 }));
  fireEvent.click(screen.getByRole('button', { name: 'Add 1 picture' }));
  await waitFor(() => expect(library.imports).toHaveLength(1));
  expect(library.imports[0]!.request).toMatchObject({
    name: 'camera',
    files: [{ path: expect.stringMatching(/^camera\/cat\/[\d-]+ [\d.]+\.jpg$/) }],
  });
  expect(onClose).toHaveBeenCalledOnce();
});

it('does not let pictures go without asking', async () => {
  dialogue();
  await turnOn();
  await act(async () => fireEvent.click(record('Class 1'), { detail: 0 }));
  fireEvent.click(screen.getByRole('button', { name: 'Close' }));
  expect(onClose).not.toHaveBeenCalled();
  expect(screen.getByRole('alert').textContent).toContain('1 picture is in no set yet');
  fireEvent.click(screen.getByRole('button', { name: 'Throw it away' }));
  expect(onClose).toHaveBeenCalledOnce();
});

it('gives the camera back when it is closed, also one that was allowed after that', async () => {
  const { unmount } = dialogue();
  await turnOn();
  unmount();
  expect(stopped).toBe(1);
  let allow: (camera: Camera) => void = () => {};
  vi.mocked(openCamera).mockReturnValue(new Promise((resolve) => (allow = resolve)));
  const second = dialogue();
  await turnOn();
  second.unmount();
  allow({ stream: new MediaStream(), deviceId: '', away: false, stop: () => stopped++ });
  await waitFor(() => expect(stopped).toBe(2));
});

it('says why there is no camera, and that one has gone', async () => {
  vi.mocked(openCamera).mockRejectedValueOnce(
    new PawsaurError('camera/unavailable', 'No camera.', 'Connect one.'),
  );
  dialogue();
  await turnOn();
  expect(screen.getByRole('alert').textContent).toBe('No camera.Connect one.');
  await turnOn();
  expect(screen.queryByRole('alert')).toBeNull();
  act(() => vi.mocked(openCamera).mock.lastCall![1]());
  expect(screen.getByRole('alert').textContent).toContain('The camera has gone');
  expect(record('Class 1')).toHaveProperty('disabled', true);
});
