/**
 * The person's own pictures: the sets that this browser keeps, what is coming in, what went wrong, the ways in, and
 * what keeping all that takes.
 */

import { useState } from 'react';
import { plural, showBytes } from '../../format';
import { Notice } from '../../shell/Notice';
import { useUnderWay } from '../../store/facts';
import { useImports } from '../../store/library';
import { useLibrary } from '../../store/libraryState';
import { useSetup } from '../../store/setup';
import { AddPictures } from '../adding/AddPictures';
import { LazyReport } from '../report/LazyReport';
import { EndedImports, LostImports, RunningImports } from './ImportNews';
import styles from './library.module.css';
import { SetRow } from './SetRow';

/** So many sets are shown; the others are a press away. */
const mostShown = 5;

export function OwnSets() {
  const sets = useLibrary((s) => s.sets);
  const underWay = useUnderWay();
  const chosen = useSetup((s) => (s.recipe.data === 'folder' ? (s.own?.id ?? null) : null));
  const packing = useImports((s) => s.packing);
  const [all, setAll] = useState(false);
  const usable = underWay ? sets.filter(({ id }) => id === chosen) : sets;
  const shown = all ? usable : usable.filter(({ id }, i) => i < mostShown || id === chosen);
  return (
    <div className={styles.own}>
      {shown.length > 0 && (
        <ul className={styles.sets} aria-label="Your sets of pictures">
          {shown.map((set) => (
            <SetRow
              key={set.id}
              set={set}
              chosen={set.id === chosen}
              locked={underWay}
              packing={packing?.set === set.id ? packing : null}
            />
          ))}
        </ul>
      )}
      {usable.length > mostShown && (
        <button type="button" className={styles.plain} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Fewer sets' : `${usable.length - shown.length} more of your sets`}
        </button>
      )}
      <LostImports />
      <RunningImports />
      <EndedImports />
      <AddPictures first={sets.length === 0} />
      <Keeping />
      <LazyReport />
    </div>
  );
}

/** What the sets take in this browser, and how safe they are there. */
function Keeping() {
  const storage = useLibrary((s) => s.storage);
  const count = useLibrary((s) => s.sets.length);
  const bytes = useLibrary((s) => s.sets.reduce((sum, set) => sum + set.bytes, 0));
  const error = useLibrary((s) => s.error);
  if (error !== null) {
    return (
      <Notice kind="bad" title={error.message}>
        <p>{error.hint ?? 'Nothing that was kept is lost. Load the page again.'}</p>
      </Notice>
    );
  }
  if (storage === null) return null;
  const { usedBytes, quotaBytes, persisted, problem } = storage;
  if (problem !== null) {
    return (
      <Notice kind="warn" title="Pictures stay only as long as this page">
        <p>{problem}</p>
      </Notice>
    );
  }
  if (count === 0) return null;
  const room = quotaBytes === null ? null : Math.max(0, quotaBytes - usedBytes);
  return (
    <p className={styles.soft}>
      {plural(count, 'set')} · {showBytes(bytes)}
      {room !== null && ` · room for ${showBytes(room)} more`}
      {persisted === true && ' · kept until you delete them'}
      {persisted === false && ' · the browser may clear them when the disk is full: export what matters'}
    </p>
  );
}
