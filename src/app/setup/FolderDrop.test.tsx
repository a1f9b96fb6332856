import { act, cleanup, screen, waitFor } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureData } from '../store/actions';
import { followLabels, useLabels } from '../store/labels';
import { useSetup } from '../store/setup';
import { type FakeSession, freshPage } from '../testing/fakeSession';
import { draw } from '../testing/page';
import { FolderDrop } from './FolderDrop';

let session: FakeSession;
let stop: () => void;

beforeEach(async () => {
  session = freshPage();
  stop = followLabels();
  await ensureData();
  await waitFor(() => expect(useLabels.getState().history).not.toBeNull());
  draw(<FolderDrop />);
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
  await waitFor(() => expect(session.last('importFiles')?.files).toHaveLength(2));
});
