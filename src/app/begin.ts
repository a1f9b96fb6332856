/** What happens once, before the page is drawn: the set-up from the address, the worker, the pictures. */

import { asPawsaurError } from '../platform/errors';
import { decodePermalink } from '../recipe';
import { ensureData } from './store/actions';
import { followLabels } from './store/labels';
import { followLastSet, loadFirstPictures } from './store/lastSet';
import { connectLibrary, useLibrary } from './store/libraryState';
import { warn } from './store/notify';
import { followPlan } from './store/plan';
import { connectSession, isUnderWay, session, useRun } from './store/run';
import { takeSetup } from './store/setup';
import { followTiming } from './store/speed';

/** Takes the set-up from an address such as `#preset=confetti-quick&hue=0.5`; one without a fragment changes nothing. */
export function takeAddress(hash: string): void {
  if (hash.replace('#', '') === '') return;
  if (isUnderWay(useRun.getState().run)) {
    warn('The address holds another set-up', 'Stop the run, then open the link again.');
    return;
  }
  takeSetup(decodePermalink(hash), 'link');
}

/** Lets the worker pace itself by whether the page can be seen. Returns the way to stop that. */
export function followVisibility(): () => void {
  const tell = () => session().setVisible(document.visibilityState === 'visible');
  document.addEventListener('visibilitychange', tell);
  tell();
  return () => document.removeEventListener('visibilitychange', tell);
}

/** Opens the library, whose code comes after the page. */
async function openLibrary(): Promise<void> {
  try {
    const [{ LibraryClient }, { followSets }] = await Promise.all([
      import('../session/library'),
      import('./store/library'),
    ]);
    connectLibrary(new LibraryClient());
    followSets();
  } catch (thrown) {
    const { code, message, hint } = asPawsaurError(thrown);
    useLibrary.setState({ connection: 'dead', error: { code, message, hint } });
  }
}

/** Starts the workers and loads the pictures. */
export function begin(): void {
  takeAddress(window.location.hash);
  window.addEventListener('hashchange', () => {
    takeAddress(window.location.hash);
    void ensureData();
  });
  connectSession();
  void openLibrary();
  followVisibility();
  followTiming();
  followPlan();
  followLabels();
  followLastSet();
  void loadFirstPictures(window.location.hash.replace('#', '') !== '');
}
