/** A session in the same thread, in the place of a worker: for Node, where nothing has to stay smooth. */

import type { SessionDependencies } from './dependencies';
import type { EngineSummary } from './protocol';
import { TrainingSession } from './trainingSession';
import type { OpenPort } from './workerPort';

/** Opens a session on an engine that is up. */
export function localPort(engine: EngineSummary, dependencies: SessionDependencies): OpenPort {
  return ({ message }) => {
    const session = new TrainingSession(dependencies, message);
    queueMicrotask(() => message({ type: 'engine', engine }));
    return {
      post: (command) => void session.handle(command),
      close: () => void session.dispose(),
    };
  };
}
