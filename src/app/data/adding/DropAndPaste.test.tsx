import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureData } from '../../store/actions';
import { followLabels, useLabels } from '../../store/labels';
import { useSetup } from '../../store/setup';
import { FakeLibrary } from '../../testing/fakeLibrary';
import { type FakeSession, freshPage } from '../../testing/fakeSession';
import { draw } from '../../testing/page';
import { DropAndPaste } from './DropAndPaste';

let session: FakeSession;
let library: FakeLibrary;
let stop: () => void;

beforeEach(async () => {
  library = new FakeLibrary();
  session = freshPage(library);
  stop = followLabels();
  await ensureData();
  await waitFor(() => expect(useLabels.getState().history).not.toBeNull());
  draw(<DropAndPaste />);
});
afterEach(() => {
  stop();
  cleanup();
});

function drop(...files: File[]) {
  const event = new Event('drop', { bubbles: true, cancelable: true });
  Object.assign(event, { dataTransfer: { types: ['Files'], items: [], files } });
  act(() => void window.dispatchEvent(event));
}

it('reads a dropped file of labels, and says what of it gave none', async () => {
  drop(new File(['picture,label\n3.png,b\nmissing.png,b\n'], 'labels.csv', { type: 'text/csv' }));
  await screen.findByText('1 label read, 1 row left out');
  expect(useLabels.getState().history!.present.given[3]).toBe(1);
  expect(useSetup.getState().recipe).toMatchObject({ label_source: 'hand', data: 'confetti' });
  expect(session.asked).toEqual(['loadBuiltin']);
});

it('takes everything else for pictures', async () => {
  drop(new File(['x'], 'one.png'), new File(['y'], 'notes.csv'));
  await waitFor(() => expect(library.imports).toHaveLength(1));
  expect(library.imports[0]!.request).toMatchObject({
    name: 'pictures',
    files: [{ path: 'one.png' }, { path: 'notes.csv' }],
  });
});

function paste(target: EventTarget, ...files: File[]) {
  const event = new Event('paste', { bubbles: true, cancelable: true });
  Object.assign(event, { clipboardData: { files } });
  act(() => void target.dispatchEvent(event));
  return event.defaultPrevented;
}

it('gathers pasted pictures in one set, with names in the order in which they came', async () => {
  const picture = () => new File(['x'], 'image.png', { type: 'image/png' });
  expect(paste(document.body, picture())).toBe(true);
  await waitFor(() => expect(library.imports).toHaveLength(1));
  expect(library.imports[0]!.request.name).toBe('pasted pictures');
  act(() => library.imports[0]!.succeed({ id: 'gathered' }));
  paste(document.body, picture());
  await waitFor(() => expect(library.imports).toHaveLength(2));
  const [first, second] = library.imports.map(({ request }) => request);
  expect(second).toMatchObject({ name: 'pasted pictures', into: 'gathered' });
  expect(first!.files[0]!.path < second!.files[0]!.path).toBe(true);
});

it('leaves what is pasted into a field, and text, alone', () => {
  const field = document.createElement('input');
  document.body.append(field);
  expect(paste(field, new File(['x'], 'image.png'))).toBe(false);
  expect(paste(document.body)).toBe(false);
  field.remove();
  expect(library.imports).toHaveLength(0);
});
