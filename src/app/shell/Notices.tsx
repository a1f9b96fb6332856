/** What needs saying above the panels: a slower engine, a link that was not all used, a run that failed. */

import { Alert, Button, Group } from '@mantine/core';
import { recover, reset } from '../store/actions';
import { useRun } from '../store/run';
import { type Arrival, useSetup } from '../store/setup';
import styles from './shell.module.css';

export function Notices() {
  return (
    <>
      <EngineNotice />
      <ArrivalNotice />
      <FailureNotice />
    </>
  );
}

function EngineNotice() {
  const engine = useRun((s) => s.engine);
  if (engine?.notice === undefined) return null;
  return (
    <Alert
      color="yellow"
      title={engine.backend === 'cpu' ? 'No graphics card is in use' : 'This runs without WebGPU'}
    >
      {engine.notice}
    </Alert>
  );
}

const origins: Record<Arrival['from'], string> = {
  link: 'the link',
  file: 'the file',
  run: 'the earlier run',
};

function ArrivalNotice() {
  const arrival = useSetup((s) => s.arrival);
  const needsFolder = useSetup((s) => s.recipe.data === 'folder' && s.folder === null);
  if (arrival === null || (arrival.problems.length === 0 && !needsFolder)) return null;
  const close = () => useSetup.setState({ arrival: null });
  const { problems } = arrival;
  const origin = origins[arrival.from];
  const title =
    problems.length === 0
      ? `The set-up is from ${origin}`
      : `Not all of ${origin} could be used; the rest is set up`;
  return (
    <Alert
      color={problems.length === 0 ? 'student' : 'yellow'}
      title={title}
      withCloseButton
      closeButtonLabel="Close"
      onClose={close}
    >
      {problems.length > 0 && (
        <ul className={styles.problems}>
          {problems.map((problem, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and a field may be in it twice
            <li key={i}>{problem.message}</li>
          ))}
        </ul>
      )}
      {needsFolder && <p>It was made for a folder of pictures. Choose yours on the left.</p>}
    </Alert>
  );
}

function FailureNotice() {
  const error = useRun((s) => s.error);
  const canReset = useRun((s) => s.connection !== 'dead' && s.run.phase === 'failed' && s.prepared !== null);
  if (error === null) return null;
  return (
    <Alert color="red" title={error.message} role="alert">
      <p>{error.hint ?? 'The curves and scores up to here are kept.'}</p>
      <Group gap="xs" mt="xs">
        {canReset && (
          <Button size="xs" variant="default" onClick={() => void reset()}>
            Reset the run
          </Button>
        )}
        <Button size="xs" variant="default" onClick={() => void recover()}>
          Start the worker again
        </Button>
      </Group>
    </Alert>
  );
}
