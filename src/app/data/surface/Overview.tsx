/** The set in numbers, beside its pictures. */

import { Button, Skeleton } from '@mantine/core';
import { type ReactNode, useMemo } from 'react';
import type { SetColumns } from '../../../session/library';
import type { Description } from '../../../session/protocol';
import { plural, showCount } from '../../format';
import frame from '../../labels/labels.module.css';
import { useRun } from '../../store/run';
import { useSetup } from '../../store/setup';
import { ClassBars } from './ClassBars';
import { describeSizes, findRepeats } from './overview';
import { everyPicture, type Filter, type Pictures } from './pictureFacts';
import { SizeHistogram } from './SizeHistogram';
import styles from './surface.module.css';
import { useDescription } from './useDescription';

interface Props {
  pictures: Pictures;
  columns: SetColumns | null;
  filter: Filter;
  onFilter(filter: Filter): void;
  /** A run keeps its pictures. */
  locked: boolean;
  onLeaveOut(indices: Int32Array): void;
}

export function Overview({ pictures, columns, filter, onFilter, locked, onLeaveOut }: Props) {
  const generation = useRun((s) => s.dataset?.generation ?? 0);
  const size = useRun((s) => s.dataset?.size ?? 64);
  const description = useDescription(generation);
  const { stored, masked, names } = pictures;
  const sizes = useMemo(
    () => (stored === null ? null : describeSizes(stored.widths, stored.heights, size)),
    [stored, size],
  );
  const masks = useMemo(() => masked?.reduce((sum, flag) => sum + flag, 0) ?? null, [masked]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the column scrolls by itself, by key too
    <aside className={styles.overview} aria-label="The set in numbers" tabIndex={0}>
      <Part title="Split">
        <Split pictures={pictures} columns={columns} />
      </Part>
      <ClassBars pictures={pictures} filter={filter} onFilter={onFilter} />
      <Part title="Size before import">
        {sizes !== null ? (
          <SizeHistogram sizes={sizes} side={size} />
        ) : (
          <p className={frame.soft}>
            All pictures are made at {size} × {size} px.
          </p>
        )}
      </Part>
      <Part title="Colours of the training pictures">
        <Colours description={description} />
      </Part>
      <Part title="Masks">
        <p className={frame.soft}>{maskSentence(masks, names.length)}</p>
      </Part>
      {stored !== null && (
        <Part title="Duplicates">
          <Duplicates
            kind="exact"
            groups={stored.exact}
            onShow={() => onFilter({ ...everyPicture, alike: 'exact' })}
            locked={locked}
            onLeaveOut={onLeaveOut}
          />
          <Duplicates
            kind="near"
            groups={stored.near}
            onShow={() => onFilter({ ...everyPicture, alike: 'near' })}
            locked={locked}
            onLeaveOut={onLeaveOut}
          />
        </Part>
      )}
    </aside>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className={styles.part}>
      <h3 className={frame.heading}>{title}</h3>
      {children}
    </section>
  );
}

function maskSentence(masks: number | null, count: number): string {
  if (masks === null || masks === 0) return 'There are none: attention is drawn, and not scored.';
  if (masks === count) return 'Every picture has one, which attention is scored with.';
  return `${plural(masks, 'picture')} of ${showCount(count)} ${masks === 1 ? 'has' : 'have'} one, which attention is scored with.`;
}

function Split({ pictures, columns }: { pictures: Pictures; columns: SetColumns | null }) {
  const seed = useSetup((s) => s.recipe.data_seed);
  const total = pictures.names.length;
  const heldOut = pictures.heldOut.reduce((sum, flag) => sum + flag, 0);
  const share = (part: number) => `${Math.round((100 * part) / Math.max(1, total))} %`;
  const isNamed = columns?.split.includes(0) && columns.split.includes(1);
  return (
    <>
      <p className={styles.counts}>
        <b>{showCount(total - heldOut)}</b> to train on <span>{share(total - heldOut)}</span> ·{' '}
        <b>{showCount(heldOut)}</b> held out <span>{share(heldOut)}</span>
      </p>
      <p className={frame.soft}>
        {heldOut === 0
          ? 'No picture is held out: there are too few of each class. '
          : isNamed
            ? 'As the folders or a list say; where they say nothing, drawn evenly from every class. '
            : columns === null
              ? `Both parts are made from seed ${seed}. `
              : `Drawn evenly from every class with seed ${seed}; exact duplicates stay on one side. `}
        {heldOut > 0 && 'Held-out pictures are never trained on, only scored with.'}
      </p>
    </>
  );
}

const channels = ['red', 'green', 'blue'] as const;

function Colours({ description }: { description: Description | null }) {
  if (description === null) return <Skeleton height={66} radius={6} />;
  const { mean, deviation } = description;
  const rgb = (colour: readonly number[]) => `rgb(${colour.map((part) => Math.round(255 * part)).join(' ')})`;
  return (
    <div className={styles.colours}>
      <span className={styles.swatch} style={{ background: rgb(mean) }} aria-hidden="true" />
      <table>
        <thead>
          <tr>
            <td />
            {channels.map((channel) => (
              <th key={channel} scope="col">
                {channel}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <th scope="row">mean</th>
            {channels.map((channel, i) => (
              <td key={channel}>{mean[i]!.toFixed(3)}</td>
            ))}
          </tr>
          <tr>
            <th scope="row">deviation</th>
            {channels.map((channel, i) => (
              <td key={channel}>{deviation[i]!.toFixed(3)}</td>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

interface DuplicatesProps {
  kind: 'exact' | 'near';
  groups: Int32Array;
  locked: boolean;
  onShow(): void;
  onLeaveOut(indices: Int32Array): void;
}

function Duplicates({ kind, groups, locked, onShow, onLeaveOut }: DuplicatesProps) {
  const repeats = useMemo(() => findRepeats(groups), [groups]);
  if (repeats.groups === 0) {
    return (
      <p className={frame.soft}>
        {kind === 'exact' ? 'No picture is there twice.' : 'No picture looks like another.'}
      </p>
    );
  }
  const where = repeats.groups === 1 ? 'in one group' : `in ${plural(repeats.groups, 'group')}`;
  const what = kind === 'exact' ? 'are the same, pixel by pixel' : 'look alike, the same ones among them';
  return (
    <div>
      <p className={frame.soft}>
        {plural(repeats.pictures, 'picture')} {what}, {where}.
      </p>
      <div className={styles.buttons}>
        <Button size="compact-xs" variant="default" onClick={onShow}>
          {kind === 'exact' ? 'Show duplicates' : 'Show look-alikes'}
        </Button>
        {kind === 'exact' && (
          <Button
            size="compact-xs"
            variant="default"
            disabled={locked}
            onClick={() => onLeaveOut(repeats.rest)}
          >
            Leave out all but the first of each
          </Button>
        )}
      </div>
    </div>
  );
}
