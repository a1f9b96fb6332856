/** The training worker: a session on the real engine. Everything it does is in the files around it. */

import { browserStore } from '../platform/browser/keyValueStore';
import { startDependencies } from './engineDependencies';
import { openStoredSet } from './library/openStoredSet';
import { serveSession } from './workerLink';

serveSession(self, (busy) => startDependencies({ store: browserStore(), openStored: openStoredSet, busy }));
