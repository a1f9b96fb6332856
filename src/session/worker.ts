/** The training worker: a session on the real engine. Everything it does is in the files around it. */

import { browserImageDecoder } from '../platform/browser/imageDecoder';
import { startDependencies } from './engineDependencies';
import { serveSession } from './workerLink';

serveSession(self, () => startDependencies(browserImageDecoder));
