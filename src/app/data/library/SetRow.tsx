/** A set of one's own: take it into use, look at it, and all that can be done with it. */

import { ActionIcon, Button, Loader, Menu, TextInput } from '@mantine/core';
import {
  IconDots,
  IconFilePlus,
  IconFileZip,
  IconFolderPlus,
  IconListDetails,
  IconPencil,
  IconTrash,
} from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { LibraryProgress, SetSummary } from '../../../session/library';
import { plural, showBytes, showCount, showName } from '../../format';
import { exportSet, removeSet, renameSet, switchTo } from '../../store/library';
import { isKeyOfSet, useSetup } from '../../store/setup';
import { usePickers } from '../adding/usePickers';
import { showReportsOf } from '../report/reportSurface';
import { dataSurface } from '../surface/dataSurface';
import styles from './library.module.css';
import { PackingProgress } from './PackingProgress';
import { useLateFocus } from './useLateFocus';

interface Props {
  set: SetSummary;
  /** Whether it is in use. */
  chosen: boolean;
  /** A run keeps its pictures. */
  locked: boolean;
  /** How far it is on its way into a file. */
  packing: { progress: LibraryProgress | null; cancel(): void } | null;
}

export function SetRow({ set, chosen, locked, packing }: Props) {
  const [asks, setAsks] = useState<'name' | 'delete' | null>(null);
  const opening = useSetup((s) => s.loading !== null && isKeyOfSet(s.loading, set.id));
  const done = () => setAsks(null);
  return (
    <li className={`${styles.set} ${chosen ? styles.on : ''}`}>
      <div className={styles.head}>
        {asks === 'name' ? (
          <Rename set={set} onDone={done} />
        ) : (
          <button
            type="button"
            className={styles.use}
            aria-pressed={chosen}
            disabled={locked}
            onClick={() => void switchTo(set)}
          >
            <bdi className={styles.name} title={set.name}>
              {set.name}
            </bdi>
            <span className={styles.soft}>{describe(set)}</span>
          </button>
        )}
        {opening && <Loader size={14} aria-label="Opening the set" />}
        <Actions set={set} locked={locked && chosen} busy={packing !== null} onAsk={setAsks} />
      </div>
      {asks === 'delete' && <Delete set={set} onDone={done} />}
      {packing !== null && <PackingProgress {...packing} />}
      {chosen && (
        <div className={styles.row}>
          <Button variant="default" size="compact-sm" onClick={dataSurface.show}>
            Look at the pictures
          </Button>
          {set.skipped > 0 && (
            <button
              type="button"
              className={styles.plain}
              onClick={() => void showReportsOf(set.id, set.name)}
            >
              {plural(set.skipped, 'file')} skipped
            </button>
          )}
        </div>
      )}
    </li>
  );
}

/** '400 pictures · 4 classes · masks · 3.8 MB'. */
function describe({ count, excluded, classes, masks, heldOut, bytes }: SetSummary): string {
  return [
    plural(count, 'picture'),
    classes > 0 ? plural(classes, 'class', 'classes') : 'no classes',
    masks > 0 && (masks === count + excluded ? 'masks' : plural(masks, 'mask')),
    heldOut > 0 && `${showCount(heldOut)} held out`,
    excluded > 0 && `${showCount(excluded)} left out`,
    showBytes(bytes),
  ]
    .filter(Boolean)
    .join(' · ');
}

interface ActionsProps {
  set: SetSummary;
  /** A run keeps these pictures as they are. */
  locked: boolean;
  busy: boolean;
  onAsk(what: 'name' | 'delete'): void;
}

function Actions({ set, locked, busy, onAsk }: ActionsProps) {
  const { inputs, pickFolder, pickFiles } = usePickers({ into: set });
  const icon = { size: 15, stroke: 1.7, 'aria-hidden': true } as const;
  return (
    <>
      <Menu
        position="bottom-end"
        shadow="md"
        width={210}
        withinPortal
        returnFocus
        transitionProps={{ duration: 0 }}
      >
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size={28} aria-label={`More for ${showName(set.name)}`}>
            <IconDots size={17} aria-hidden />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconFolderPlus {...icon} />} onClick={pickFolder}>
            Add a folder…
          </Menu.Item>
          <Menu.Item leftSection={<IconFilePlus {...icon} />} onClick={pickFiles}>
            Add files…
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconListDetails {...icon} />}
            onClick={() => void showReportsOf(set.id, set.name)}
          >
            Report on its files…
          </Menu.Item>
          <Menu.Item
            leftSection={<IconFileZip {...icon} />}
            disabled={busy}
            onClick={() => void exportSet(set.id)}
          >
            Export as ZIP
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil {...icon} />} onClick={() => onAsk('name')}>
            Rename…
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item
            leftSection={<IconTrash {...icon} />}
            className={styles.danger}
            disabled={locked || busy}
            onClick={() => onAsk('delete')}
          >
            {locked ? 'Delete: stop the run first' : 'Delete…'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {inputs}
    </>
  );
}

function Rename({ set, onDone }: { set: SetSummary; onDone(): void }) {
  const [name, setName] = useState(set.name);
  const field = useLateFocus<HTMLInputElement>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const clean = name.trim();
    if (clean !== '' && clean !== set.name) void renameSet(set.id, clean);
    onDone();
  };
  return (
    <form className={styles.rename} onSubmit={submit}>
      <TextInput
        size="xs"
        ref={field}
        aria-label="Name of the set"
        value={name}
        maxLength={200}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone();
        }}
      />
      <Button type="submit" size="xs" variant="default" disabled={name.trim() === ''}>
        Rename
      </Button>
    </form>
  );
}

function Delete({ set, onDone }: { set: SetSummary; onDone(): void }) {
  const keep = useLateFocus<HTMLButtonElement>();
  return (
    <div className={styles.ask} role="alertdialog" aria-label={`Delete ${showName(set.name)}?`}>
      <p>
        Delete {plural(set.count + set.excluded, 'picture')} from this browser? That cannot be undone. Your
        own files stay; labels you gave by hand here go, too.
      </p>
      <div className={styles.row}>
        <Button
          size="compact-sm"
          color="red"
          onClick={() => {
            onDone();
            void removeSet(set);
          }}
        >
          Delete
        </Button>
        <Button size="compact-sm" variant="default" ref={keep} onClick={onDone}>
          Keep it
        </Button>
      </div>
    </div>
  );
}
