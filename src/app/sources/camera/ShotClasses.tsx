/** The classes of the camera: each with its name, the button that takes its pictures, and the pictures taken. */

import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconCamera, IconPlus, IconTrash, IconX } from '@tabler/icons-react';
import { type Dispatch, useState } from 'react';
import { plural } from '../../format';
import { keyOfClass } from '../../labels/classKeys';
import sources from '../sources.module.css';
import styles from './camera.module.css';
import { HoldButton } from './HoldButton';
import { maxShotClasses, type Shot, type ShotClass, type Studio, type StudioAction } from './shots';

interface Props {
  studio: Studio;
  /** Why a class cannot keep its name, by its id. */
  problems: ReadonlyMap<number, string>;
  /** Whether the camera is on. */
  ready: boolean;
  /** Id of the class that is being recorded; null for none. */
  recording: number | null;
  onStart(group: number): void;
  onStop(): void;
  dispatch: Dispatch<StudioAction>;
}

export function ShotClasses({ studio, problems, ready, recording, onStart, onStop, dispatch }: Props) {
  const { classes, shots } = studio;
  return (
    <div className={sources.stack}>
      <ul className={styles.classes} aria-label="Classes">
        {classes.map((one, i) => (
          <ShotClassRow
            key={one.id}
            group={one}
            shots={shots.filter(({ group }) => group === one.id)}
            place={i}
            problem={problems.get(one.id)}
            ready={ready}
            active={recording === one.id}
            onStart={() => onStart(one.id)}
            onStop={onStop}
            dispatch={dispatch}
          />
        ))}
      </ul>
      <Button
        variant="default"
        size="sm"
        className={sources.go}
        leftSection={<IconPlus size={14} aria-hidden />}
        disabled={classes.length >= maxShotClasses}
        onClick={() => dispatch({ type: 'addClass' })}
      >
        Add a class
      </Button>
      <span className={styles.unseen} role="status">
        {recording === null && shots.length > 0 && counts(studio)}
      </span>
    </div>
  );
}

const counts = ({ classes, shots }: Studio) =>
  classes
    .map(({ id, name }) => `${name}: ${plural(shots.filter(({ group }) => group === id).length, 'picture')}`)
    .join(', ');

interface RowProps {
  group: ShotClass;
  shots: readonly Shot[];
  /** From 0. */
  place: number;
  problem: string | undefined;
  ready: boolean;
  active: boolean;
  onStart(): void;
  onStop(): void;
  dispatch: Dispatch<StudioAction>;
}

function ShotClassRow({ group, shots, place, problem, ready, active, onStart, onStop, dispatch }: RowProps) {
  const { id, name } = group;
  const key = keyOfClass(place);
  return (
    <li className={styles.class} data-recording={active || undefined}>
      <div className={styles.classHead}>
        <TextInput
          size="sm"
          className={styles.className}
          aria-label={`Name of class ${place + 1}`}
          value={name}
          error={problem}
          onChange={(event) => dispatch({ type: 'renameClass', id, name: event.currentTarget.value })}
          onFocus={(event) => event.currentTarget.select()}
        />
        <span className={styles.count}>{plural(shots.length, 'picture')}</span>
        <ActionIcon
          variant="subtle"
          color="gray"
          size={30}
          aria-label={`Remove the class ${name}${shots.length > 0 ? ' and its pictures' : ''}`}
          onClick={() => dispatch({ type: 'removeClass', id })}
        >
          <IconTrash size={16} aria-hidden />
        </ActionIcon>
      </div>
      <HoldButton
        label={`Record ${name}`}
        active={active}
        disabled={!ready}
        onStart={onStart}
        onStop={onStop}
      >
        <IconCamera size={16} aria-hidden />
        <span>{active ? 'Taking pictures…' : 'Hold to take pictures'}</span>
        {key !== null && <kbd className={styles.key}>{key}</kbd>}
      </HoldButton>
      {shots.length > 0 && <Shots name={name} shots={shots} dispatch={dispatch} />}
    </li>
  );
}

/** The latest are seen at once, so that a list stays short. */
const shownShots = 16;

function Shots({
  name,
  shots,
  dispatch,
}: {
  name: string;
  shots: readonly Shot[];
  dispatch: Dispatch<StudioAction>;
}) {
  const [all, setAll] = useState(false);
  const from = all ? 0 : Math.max(0, shots.length - shownShots);
  return (
    <>
      <ul className={styles.shots} aria-label={`Pictures of ${name}`}>
        {shots.slice(from).map(({ id, thumbnail }, i) => (
          <li key={id}>
            <button
              type="button"
              className={styles.shot}
              aria-label={`Remove picture ${from + i + 1} of ${name}`}
              title="Remove"
              onClick={() => dispatch({ type: 'removeShot', id })}
            >
              <img src={thumbnail} alt="" width={48} height={48} />
              <IconX size={14} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      {shots.length > shownShots && (
        <button type="button" className={styles.more} aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? 'Show the latest' : `Show all ${shots.length}`}
        </button>
      )}
    </>
  );
}
