/** 'Try it': cards that change one thing for the person and say what to watch. */

import { Button } from '@mantine/core';
import type { FieldName } from '../../recipe';
import { Panel } from '../panels/panel/Panel';
import { changeField, startWith, useUi } from '../store/actions';
import { useUnderWay } from '../store/facts';
import { reportError } from '../store/notify';
import { useRun } from '../store/run';
import { useSetup } from '../store/setup';
import type { Experiment } from './experiment';
import { experimentsFor } from './experiments';
import styles from './lessons.module.css';

async function perform({ changes, live }: Experiment): Promise<void> {
  const made = changes(useSetup.getState().recipe);
  if (!live) return startWith(made);
  for (const name of Object.keys(made) as FieldName[]) {
    const value = made[name];
    if (value !== undefined) await changeField(name, value);
  }
}

export function TryIt() {
  const recipe = useSetup((s) => s.recipe);
  const underWay = useUnderWay();
  const busy = useRun((s) => s.run.phase === 'preparing' || s.dataset === null || s.connection !== 'ready');
  const pending = useUi((s) => s.pending !== null);
  const needsPictures = useSetup((s) => s.recipe.data === 'folder' && s.own === null);
  const classes = useRun((s) => s.dataset?.classNames.length ?? 0) || 10;
  const shown = needsPictures ? [] : experimentsFor({ recipe, underWay, classes });
  if (shown.length === 0) return null;
  return (
    <>
      {shown.map((experiment) => (
        <Panel key={experiment.id} title={`Try it: ${lower(experiment.title)}`}>
          <p className={styles.text}>{experiment.text(recipe, classes)}</p>
          <Button
            variant="default"
            size="xs"
            disabled={busy || pending}
            onClick={() => void perform(experiment).catch(reportError)}
          >
            {underWay && !experiment.live ? 'Stop this run and do it' : 'Do it for me'}
          </Button>
          {underWay && !experiment.live && <p className={styles.soft}>This run stays in the list below.</p>}
        </Panel>
      ))}
    </>
  );
}

const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
