/** What the camera sees, mirrored as people know themselves; and which camera it is. */

import { Button, NativeSelect } from '@mantine/core';
import { IconCamera } from '@tabler/icons-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { asPawsaurError, type PawsaurError } from '../../../platform/errors';
import { Notice } from '../../shell/Notice';
import sources from '../sources.module.css';
import { type Camera, type CameraChoice, cameraGone, listCameras, openCamera } from './camera';
import styles from './camera.module.css';

interface Props {
  video: RefObject<HTMLVideoElement | null>;
  /** Name of the class that is being recorded; null for none. */
  recording: string | null;
  /** Pictures a second. */
  rate: number;
  onRate(rate: number): void;
  /** Told whether there is something to see. */
  onOn(on: boolean): void;
}

const rates = [1, 2, 5, 10];

export function Preview({ video, recording, rate, onRate, onOn }: Props) {
  const current = useRef<Camera | null>(null);
  const [camera, setCamera] = useState<Camera | null>(null);
  const [choices, setChoices] = useState<CameraChoice[]>([]);
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<PawsaurError | null>(null);
  // It is asked for no longer than the dialogue is open, even where the answer comes after that.
  const gone = useRef(false);
  useEffect(() => {
    gone.current = false;
    return () => {
      gone.current = true;
      current.current?.stop();
    };
  }, []);

  const change = (next: Camera | null) => {
    current.current?.stop();
    current.current = next;
    if (video.current !== null) video.current.srcObject = next?.stream ?? null;
    setCamera(next);
    onOn(next !== null);
  };
  const open = async (deviceId?: string) => {
    setAsking(true);
    setError(null);
    // Some machines give a camera to one at a time.
    change(null);
    try {
      const opened = await openCamera(deviceId, () => {
        change(null);
        setError(cameraGone());
      });
      if (gone.current) return opened.stop();
      change(opened);
      setChoices(await listCameras());
    } catch (thrown) {
      setError(asPawsaurError(thrown));
    } finally {
      setAsking(false);
    }
  };

  return (
    <div className={styles.side}>
      <div
        className={styles.screen}
        data-on={camera !== null || undefined}
        data-recording={recording !== null || undefined}
      >
        <video
          ref={video}
          className={styles.video}
          data-mirrored={camera !== null && !camera.away ? true : undefined}
          aria-label="What the camera sees"
          hidden={camera === null}
          autoPlay
          muted
          playsInline
        />
        {camera === null && (
          <div className={styles.off}>
            <Button
              leftSection={<IconCamera size={18} aria-hidden />}
              loading={asking}
              data-autofocus
              onClick={() => void open()}
            >
              Turn the camera on
            </Button>
            <p className={sources.soft}>
              {asking
                ? 'The browser asks whether this page may use it.'
                : 'Your pictures stay on this machine, and none is taken before you hold a class.'}
            </p>
          </div>
        )}
        {recording !== null && <bdi className={styles.badge}>{recording}</bdi>}
      </div>
      {error !== null && (
        <Notice kind="bad" title={error.message}>
          <p>{error.hint}</p>
        </Notice>
      )}
      <div className={sources.pair}>
        {choices.length > 1 && camera !== null && (
          <NativeSelect
            label="Camera"
            value={camera.deviceId}
            data={choices.map(({ id, label }) => ({ value: id, label }))}
            onChange={(event) => void open(event.currentTarget.value)}
          />
        )}
        <NativeSelect
          label="While held, take"
          value={String(rate)}
          data={rates.map((each) => ({
            value: String(each),
            label: each === 1 ? '1 picture a second' : `${each} pictures a second`,
          }))}
          onChange={(event) => onRate(Number(event.currentTarget.value))}
        />
      </div>
      {camera !== null && (
        <div className={sources.row}>
          <p className={sources.soft}>
            {camera.away
              ? 'The square is what is kept.'
              : 'Mirrored to look at; kept as it is. The square is all that is kept.'}
          </p>
          <Button variant="default" size="compact-sm" onClick={() => change(null)}>
            Turn it off
          </Button>
        </div>
      )}
    </div>
  );
}
