/**
 * All pictures of the set in use in a grid, with what is known of each, and the set in numbers beside them. Pictures
 * of a stored set are left out of use here, and taken in again. Lies over the whole page, as the labels do.
 */

import { type KeyboardEvent, useMemo, useState } from 'react';
import type { Labelling } from '../../../labels';
import type { PictureList } from '../../../session/protocol';
import { plural } from '../../format';
import frame from '../../labels/labels.module.css';
import { PictureSurface } from '../../labels/PictureSurface';
import { actedOn, afterAction, noSelection, type Selection } from '../../labels/selection';
import { useUnderWay } from '../../store/facts';
import { useLabels, useShownLabels } from '../../store/labels';
import { useRun } from '../../store/run';
import { useSetup } from '../../store/setup';
import { DataTools } from './DataTools';
import { dataSurface } from './dataSurface';
import { InUse } from './InUse';
import { LeftOut } from './LeftOut';
import { setLeftOut, whyKept } from './leaveOut';
import { Overview } from './Overview';
import { everyPicture, joinPictures, visiblePictures } from './pictureFacts';
import styles from './surface.module.css';
import { useSetColumns } from './useSetColumns';

export function DataSurface() {
  const pictures = useLabels((s) => s.pictures);
  const labelling = useShownLabels();
  const own = useSetup((s) => (s.recipe.data === 'folder' ? (s.own?.id ?? null) : s.recipe.data));
  const [held, setHeld] = useState(false);
  return (
    <PictureSurface surface={dataSurface} title="Look at the pictures" held={held}>
      {pictures !== null && labelling !== null ? (
        <Surface key={own} pictures={pictures} labelling={labelling} onHeld={setHeld} />
      ) : null}
    </PictureSurface>
  );
}

interface SurfaceProps {
  pictures: PictureList;
  labelling: Labelling;
  /** Whether Escape means something else than going back. */
  onHeld(held: boolean): void;
}

function Surface({ pictures: list, labelling, onHeld }: SurfaceProps) {
  const set = useRun((s) => s.dataset?.set ?? null);
  const made = useRun((s) => s.dataset?.kind === 'builtin');
  const loading = useSetup((s) => s.loading !== null);
  const underWay = useUnderWay();
  const columns = useSetColumns(set);
  const pictures = useMemo(
    () => joinPictures(list, labelling, { columns, made }),
    [list, labelling, columns, made],
  );
  const [filter, setFilter] = useState(everyPicture);
  const [view, setView] = useState<'inUse' | 'leftOut'>('inUse');
  const [selection, setSelection] = useSelection(list);
  const [news, setNews] = useState('');
  const shown = useMemo(() => visiblePictures(pictures, filter), [pictures, filter]);
  const leftOut = useMemo(
    () => Int32Array.from(columns?.excluded.keys() ?? []).filter((row) => columns?.excluded[row] === 1),
    [columns],
  );

  const choose = (next: Selection) => {
    setSelection(next);
    onHeld(next.chosen.size > 0);
  };
  /** Leaves pictures in use out. */
  const leaveOut = async (indices: Int32Array) => {
    if (set === null) return;
    if (underWay) return setNews(whyKept);
    if (indices.length === 0) return setNews('No picture is chosen.');
    if (indices.length === list.names.length)
      return setNews('One picture at least has to stay. Delete the set to be rid of all.');
    const rows = indices.map((index) => list.rows[index]!);
    if (!(await setLeftOut(set, rows, true))) return;
    choose(afterAction(selection, shown, indices));
    setNews(
      `${indices.length === 1 ? 'One picture is' : `${plural(indices.length, 'picture')} are`} left out. Nothing is deleted.`,
    );
  };
  const takeIn = async (rows: Int32Array) => {
    if (set === null) return;
    if (underWay) return setNews(whyKept);
    if (!(await setLeftOut(set, rows, false))) return;
    setNews(
      `${rows.length === 1 ? 'One picture is' : `${plural(rows.length, 'picture')} are`} in use again.`,
    );
    if (rows.length === leftOut.length) setView('inUse');
  };

  const press = (event: KeyboardEvent) => {
    const inField =
      event.target instanceof Element && event.target.closest('input, select, textarea') !== null;
    if (inField || event.altKey || event.ctrlKey || event.metaKey || view !== 'inUse') return;
    if (event.key === 'Escape' && selection.chosen.size > 0) {
      choose({ ...selection, chosen: new Set() });
      setNews('Nothing is chosen.');
    } else if ((event.key === 'Delete' || event.key === 'Backspace') && set !== null) {
      void leaveOut(actedOn(selection, shown));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const changeFilter = (next: typeof filter) => {
    setFilter(next);
    setView('inUse');
    choose({ ...selection, chosen: new Set() });
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the whole surface
    <div className={frame.surface} onKeyDown={press}>
      <DataTools
        pictures={pictures}
        filter={filter}
        view={view}
        leftOut={leftOut.length}
        onFilter={changeFilter}
        onSearch={(search) => setFilter({ ...filter, search })}
        onView={(next) => {
          setView(next);
          choose({ ...selection, chosen: new Set() });
        }}
      />
      <div className={styles.split}>
        <div className={frame.middle}>
          {view === 'leftOut' && columns !== null ? (
            <LeftOut
              columns={columns}
              rows={leftOut}
              search={filter.search}
              locked={underWay}
              onTakeIn={(rows) => void takeIn(rows)}
            />
          ) : (
            <InUse
              pictures={pictures}
              shown={shown}
              labelling={labelling}
              generation={list.generation}
              selection={selection}
              onSelection={choose}
              onShowAll={() => changeFilter(everyPicture)}
              onLeaveOut={set === null ? null : (indices) => void leaveOut(indices)}
              locked={underWay}
            />
          )}
          <div className={frame.foot}>
            <span>
              {view === 'inUse' && `${plural(shown.length, 'picture')} shown`}
              {view === 'inUse' && selection.chosen.size > 0 && ` · ${selection.chosen.size} chosen`}
              {loading && ' · opening the pictures…'}
            </span>
            <output aria-live="polite">{news}</output>
          </div>
        </div>
        <Overview
          pictures={pictures}
          columns={columns}
          filter={filter}
          onFilter={changeFilter}
          locked={underWay}
          onLeaveOut={(indices) => void leaveOut(indices)}
        />
      </div>
    </div>
  );
}

/** What is chosen. It stays with its pictures when others are left out or taken in, which numbers them anew. */
function useSelection(list: PictureList): [Selection, (next: Selection) => void] {
  const [kept, setKept] = useState({ list, selection: noSelection });
  if (kept.list === list) return [kept.selection, (selection) => setKept({ list, selection })];
  const numbers = new Map(Array.from(list.rows, (row, index) => [row, index]));
  const now = (index: number) => numbers.get(kept.list.rows[index] ?? -1) ?? -1;
  const { chosen, cursor, anchor } = kept.selection;
  const selection: Selection = {
    chosen: new Set([...chosen].map(now).filter((index) => index >= 0)),
    cursor: now(cursor),
    anchor: now(anchor),
  };
  const next = { list, selection };
  setKept(next);
  return [selection, (changed) => setKept({ list, selection: changed })];
}
