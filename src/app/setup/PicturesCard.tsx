/** Which pictures: the built-in sets, or the person's own. */

import { Button, Progress } from '@mantine/core';
import type { Recipe } from '../../recipe';
import { plural } from '../format';
import { Panel } from '../panels/panel/Panel';
import { Notice } from '../shell/Notice';
import { cancelLoading, takeBuiltin, takeFolderAgain, useUi } from '../store/actions';
import { useProblems, useUnderWay } from '../store/facts';
import { useRun } from '../store/run';
import { type Folder, useSetup } from '../store/setup';
import { FolderPicker } from './FolderPicker';
import { ProblemLines } from './ProblemLines';
import styles from './setup.module.css';
import confetti from './sprites/confetti.webp';
import grey from './sprites/grey.webp';
import noise from './sprites/noise.webp';
import { useShown } from './useShown';

/** The built-in sets, each with the first of five of its classes. */
const builtins: { name: Exclude<Recipe['data'], 'folder'>; sprite: string; about: string }[] = [
  { name: 'confetti', sprite: confetti, about: 'shapes whose colour almost gives the class away' },
  { name: 'grey', sprite: grey, about: 'shapes of any colour on grey noise' },
  { name: 'noise', sprite: noise, about: 'every picture has its own background' },
];

export function PicturesCard() {
  const data = useSetup((s) => s.recipe.data);
  const underWay = useUnderWay();
  const problems = useProblems().filter(({ field }) => field === 'data');
  const shown = useShown('data');
  return (
    <Panel title="1 · Pictures">
      <div ref={shown} className={styles.options}>
        {builtins
          .filter(({ name }) => !underWay || data === name)
          .map(({ name, sprite, about }) => (
            <button
              key={name}
              type="button"
              className={`${styles.option} ${data === name ? styles.on : ''}`}
              aria-pressed={data === name}
              disabled={underWay}
              onClick={() => takeBuiltin(name)}
            >
              <span className={styles.optionHead}>
                <b>{name}</b>
                <img src={sprite} alt="" width={320} height={64} className={styles.sprite} />
              </span>
              <span className={styles.soft}>{about}</span>
            </button>
          ))}
        {(!underWay || data === 'folder') && <FolderOption chosen={data === 'folder'} locked={underWay} />}
      </div>
      <ProblemLines problems={problems} />
      {underWay && <p className={styles.locked}>A run keeps its pictures. Stop it to take others.</p>}
    </Panel>
  );
}

function FolderOption({ chosen, locked }: { chosen: boolean; locked: boolean }) {
  const folder = useSetup((s) => s.folder);
  const busy = useSetup((s) => s.loading !== null && !/^(confetti|grey|noise):/.test(s.loading));
  const error = useSetup((s) => s.dataError);
  return (
    <div className={`${styles.option} ${chosen ? styles.on : ''}`}>
      {folder !== null && <OwnFolder folder={folder} chosen={chosen} locked={locked} />}
      {!locked && (
        <>
          <b>{folder === null ? 'Drop a folder here' : 'Another folder'}</b>
          <span className={styles.soft}>
            or anywhere on this page · sub-folders become classes · stays on this machine
          </span>
          {busy ? <ImportProgress /> : <FolderPicker />}
        </>
      )}
      {error !== null && (
        <Notice kind="bad" title={error.message}>
          <p>{error.hint} The pictures before it are still in use.</p>
        </Notice>
      )}
    </div>
  );
}

/** The folder that was read: its size, and what of it could not be used. */
function OwnFolder({ folder, chosen, locked }: { folder: Folder; chosen: boolean; locked: boolean }) {
  const summary = useRun((s) => (s.dataset?.kind === 'folder' ? s.dataset : null));
  return (
    <div className={styles.own}>
      <span className={styles.optionHead}>
        <b className={styles.name}>{folder.name}</b>
        <span className={styles.soft}>your folder</span>
      </span>
      {chosen && summary !== null && (
        <span className={styles.soft}>
          {plural(summary.count, 'picture')} ·{' '}
          {summary.classNames.length === 0
            ? 'no classes'
            : plural(summary.classNames.length, 'class', 'classes')}
        </span>
      )}
      {!chosen && (
        <Button variant="default" size="compact-sm" disabled={locked} onClick={takeFolderAgain}>
          Use it again
        </Button>
      )}
    </div>
  );
}

function ImportProgress() {
  const progress = useRun((s) => s.importProgress);
  const pending = useUi((s) => s.pending);
  const percent = progress === null || progress.total === 0 ? 0 : (100 * progress.done) / progress.total;
  return (
    <div className={styles.progress} role="status">
      <span className={styles.soft}>
        {progress === null
          ? 'Looking into the folder…'
          : `${progress.done} of ${plural(progress.total, 'file')} read`}
      </span>
      <Progress value={percent} size={6} aria-label="Files read" />
      {progress !== null && (
        <Button variant="default" size="compact-xs" disabled={pending !== null} onClick={cancelLoading}>
          Cancel
        </Button>
      )}
    </div>
  );
}
