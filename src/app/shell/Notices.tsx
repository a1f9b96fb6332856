/** What needs saying above the panels: a slower engine, a link that was not all used, a run that failed. */

import { Button, Group } from '@mantine/core';
import { ExperimentNotice } from '../experiment/LazyExperiment';
import { recover, reset } from '../store/actions';
import { useRun } from '../store/run';
import { type Arrival, useSetup } from '../store/setup';
import { Notice } from './Notice';

export function Notices() {
  return (
    <>
      <EngineNotice />
      <ArrivalNotice />
      <FailureNotice />
      <ExperimentNotice />
    </>
  );
}

function EngineNotice() {
  const engine = useRun((s) => s.engine);
  if (engine?.notice === undefined) return null;
  return (
    <Notice
      kind="warn"
      title={engine.backend === 'cpu' ? 'No graphics card is in use' : 'This runs without WebGPU'}
    >
      {engine.notice}
    </Notice>
  );
}

const origins: Record<Arrival['from'], string> = {
  link: 'the link',
  file: 'the file',
  run: 'the earlier run',
};

function ArrivalNotice() {
  const arrival = useSetup((s) => s.arrival);
  const needsPictures = useSetup((s) => s.recipe.data === 'folder' && s.own === null);
  if (arrival === null || (arrival.problems.length === 0 && !needsPictures)) return null;
  const close = () => useSetup.setState({ arrival: null });
  const { problems } = arrival;
  const origin = origins[arrival.from];
  const title =
    problems.length === 0
      ? `The set-up is from ${origin}`
      : `Not all of ${origin} could be used; the rest is set up`;
  return (
    <Notice kind={problems.length === 0 ? 'news' : 'warn'} title={title} onClose={close}>
      {problems.length > 0 && (
        <ul>
          {problems.map((problem, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and a field may be in it twice
            <li key={i}>{problem.message}</li>
          ))}
        </ul>
      )}
      {needsPictures && <p>It was made for pictures of one’s own. Add yours on the left.</p>}
    </Notice>
  );
}

function FailureNotice() {
  const error = useRun((s) => s.error);
  const canReset = useRun((s) => s.connection !== 'dead' && s.run.phase === 'failed' && s.prepared !== null);
  if (error === null) return null;
  return (
    <Notice kind="bad" title={error.message}>
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
    </Notice>
  );
}
