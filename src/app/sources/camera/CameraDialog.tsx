/** Takes pictures with the camera, class by class: hold a class's button, or its key, and pictures are taken. */

import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { type Dispatch, useEffect, useReducer, useRef, useState } from 'react';
import { plural } from '../../format';
import { classOfKey } from '../../labels/classKeys';
import { Notice } from '../../shell/Notice';
import { importFrom } from '../../store/library';
import { Frame, type SourceProps } from '../Frame';
import sources from '../sources.module.css';
import { requestFor, Target } from '../Target';
import { useFocused } from '../useFocused';
import styles from './camera.module.css';
import type { Captured } from './capture';
import { Preview } from './Preview';
import { ShotClasses } from './ShotClasses';
import { emptyStudio, nameProblems, reduceStudio, type Studio, type StudioAction, shotFiles } from './shots';
import { useRecording } from './useRecording';

/** Name of a set where none is typed. */
const setName = 'camera';

export function CameraDialog({ opened, onClose }: SourceProps) {
  const [studio, dispatch] = useReducer(reduceStudio, emptyStudio);
  const [leaving, setLeaving] = useState(false);
  useReleasedThumbnails(studio);
  const count = studio.shots.length;
  const leave = () => {
    setLeaving(false);
    dispatch({ type: 'reset' });
    onClose();
  };
  return (
    <Frame
      opened={opened}
      onClose={() => (count > 0 && !leaving ? setLeaving(true) : leave())}
      title="Pictures from the camera"
      width={980}
      held={count > 0}
    >
      {leaving && count > 0 && <Leaving count={count} onStay={() => setLeaving(false)} onLeave={leave} />}
      <StudioView studio={studio} dispatch={dispatch} onDone={leave} />
    </Frame>
  );
}

/** Lets go of small copies whose pictures are gone. */
function useReleasedThumbnails({ shots }: Studio): void {
  const held = useRef(new Map<number, string>());
  useEffect(() => {
    const now = new Map(shots.map(({ id, thumbnail }) => [id, thumbnail]));
    for (const [id, url] of held.current) if (!now.has(id)) URL.revokeObjectURL(url);
    held.current = now;
  }, [shots]);
}

interface LeavingProps {
  count: number;
  onStay(): void;
  onLeave(): void;
}

function Leaving({ count, onStay, onLeave }: LeavingProps) {
  const stay = useFocused<HTMLButtonElement>();
  return (
    <div className={styles.leaving}>
      <Notice kind="warn" title={`${plural(count, 'picture')} ${count === 1 ? 'is' : 'are'} in no set yet`}>
        <div className={sources.row}>
          <Button ref={stay} size="xs" onClick={onStay}>
            Go on here
          </Button>
          <Button size="xs" variant="default" onClick={onLeave}>
            Throw {count === 1 ? 'it' : 'them'} away
          </Button>
        </div>
      </Notice>
    </div>
  );
}

interface StudioProps {
  studio: Studio;
  dispatch: Dispatch<StudioAction>;
  onDone(): void;
}

function StudioView({ studio, dispatch, onDone }: StudioProps) {
  const video = useRef<HTMLVideoElement>(null);
  const [on, setOn] = useState(false);
  const [rate, setRate] = useState(5);
  const [target, setTarget] = useState({ into: '', name: '' });
  const { classes, shots } = studio;
  const problems = nameProblems(classes);
  const take = (group: number, burst: number, { file, thumbnail }: Captured) =>
    dispatch({
      type: 'addShot',
      shot: { group, burst, file, thumbnail: URL.createObjectURL(thumbnail), at: Date.now() },
    });
  const { recording, start, stop } = useRecording(video, rate, take);
  const begin = (group: number) => on && start(group);
  useClassKeys(classes, begin, stop);
  const add = () => {
    const request = requestFor(target, setName);
    void importFrom({ ...request, files: shotFiles(studio) });
    onDone();
  };
  return (
    <div className={styles.studio}>
      <Preview
        video={video}
        recording={classes.find(({ id }) => id === recording)?.name ?? null}
        rate={rate}
        onRate={setRate}
        onOn={(now) => {
          setOn(now);
          if (!now) stop();
        }}
      />
      <div className={sources.stack}>
        <ShotClasses
          studio={studio}
          problems={problems}
          ready={on}
          recording={recording}
          onStart={begin}
          onStop={stop}
          dispatch={dispatch}
        />
        {shots.length > 0 && (
          <div className={styles.end}>
            <Target value={target} fallback={setName} onChange={setTarget} />
            <div className={sources.row}>
              <Button
                leftSection={<IconPlus size={16} aria-hidden />}
                disabled={problems.size > 0}
                onClick={add}
              >
                Add {plural(shots.length, 'picture')}
              </Button>
              <Button
                variant="default"
                onClick={() => dispatch({ type: 'removeBurst', burst: shots.at(-1)!.burst })}
              >
                Take back the last recording
              </Button>
            </div>
          </div>
        )}
      </div>
    </div>
  );
}

/** Elements that make something of typed text themselves. */
const takesText = 'input, select, textarea, [contenteditable]';

/** Lets a class's key do what its button does. */
function useClassKeys(
  classes: Studio['classes'],
  onStart: (group: number) => void,
  onStop: () => void,
): void {
  const now = useRef({ classes, onStart, onStop });
  useEffect(() => {
    now.current = { classes, onStart, onStop };
  });
  useEffect(() => {
    let heldKey: string | null = null;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
      if (event.target instanceof Element && event.target.closest(takesText) !== null) return;
      const label = classOfKey(event.key, now.current.classes.length);
      if (label < 0) return;
      event.preventDefault();
      heldKey = event.key;
      now.current.onStart(now.current.classes[label]!.id);
    };
    const release = (event: KeyboardEvent) => {
      if (event.key !== heldKey) return;
      heldKey = null;
      now.current.onStop();
    };
    window.addEventListener('keydown', press);
    window.addEventListener('keyup', release);
    return () => {
      window.removeEventListener('keydown', press);
      window.removeEventListener('keyup', release);
    };
  }, []);
}
