/** Which pictures: the built-in sets, or the person's own. */

import { Fragment } from 'react';
import type { Recipe } from '../../recipe';
import { BuiltinOptions } from '../data/builtin/BuiltinOptions';
import { LazyOwnSets } from '../data/library/LazyOwnSets';
import { Panel } from '../panels/panel/Panel';
import { Notice } from '../shell/Notice';
import { takeBuiltin } from '../store/actions';
import { useProblems, useUnderWay } from '../store/facts';
import { useSetup } from '../store/setup';
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
            <Fragment key={name}>
              <button
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
              {data === name && <BuiltinOptions />}
            </Fragment>
          ))}
      </div>
      <LoadError />
      <LazyOwnSets />
      <ProblemLines problems={problems} />
      {underWay && <p className={styles.locked}>A run keeps its pictures. Stop it to take others.</p>}
    </Panel>
  );
}

/** Why the pictures asked for could not be loaded. */
function LoadError() {
  const error = useSetup((s) => s.dataError);
  if (error === null) return null;
  return (
    <Notice kind="bad" title={error.message} onClose={() => useSetup.setState({ dataError: null })}>
      <p>{error.hint} The pictures before it are still in use.</p>
    </Notice>
  );
}
