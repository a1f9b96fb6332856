/** Brings in videos as pictures: how often a frame is taken, what came of each video, and where the frames go. */

import { Button, FileInput, NumberInput, Progress } from '@mantine/core';
import { IconMovie, IconPlus } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { asPawsaurError } from '../../../platform/errors';
import type { ReportLine } from '../../../session/library';
import { plural, showName } from '../../format';
import { importFrom } from '../../store/library';
import { reportError } from '../../store/notify';
import { Frame, type SourceProps } from '../Frame';
import { framesOfAll } from '../framesOf';
import styles from '../sources.module.css';
import { requestFor, Target } from '../Target';
import { useFocused } from '../useFocused';
import { FrameStrip } from './FrameStrip';
import { defaultSampling } from './frames';

interface Taken {
  files: { path: string; file: Blob }[];
  lines: ReportLine[];
}

interface Reading {
  done: number;
  total: number;
  path: string;
}

export function VideoDialog({ opened, onClose }: SourceProps) {
  const [held, setHeld] = useState(false);
  const close = () => {
    setHeld(false);
    onClose();
  };
  return (
    <Frame opened={opened} onClose={close} title="Pictures from videos" width={620} held={held}>
      <Steps onHeld={setHeld} onDone={close} />
    </Frame>
  );
}

function Steps({ onHeld, onDone }: { onHeld(held: boolean): void; onDone(): void }) {
  const [videos, setVideos] = useState<File[]>([]);
  const [every, setEvery] = useState<number>(defaultSampling.every);
  const [most, setMost] = useState<number>(defaultSampling.most);
  const [reading, setReading] = useState<Reading | null>(null);
  const [taken, setTaken] = useState<Taken | null>(null);
  const [target, setTarget] = useState({ into: '', name: '' });
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const setName = videos.length === 1 ? videos[0]!.name.replace(/\.[^.]+$/, '') : 'videos';

  const forget = () => {
    setTaken(null);
    onHeld(false);
  };
  const take = async () => {
    const controller = new AbortController();
    stop.current = controller;
    forget();
    onHeld(true);
    try {
      const chosen = videos.map((file) => ({ path: file.name, file }));
      const frames = await framesOfAll(chosen, {
        every,
        most,
        signal: controller.signal,
        onProgress: (done, total, path) => setReading({ done, total, path }),
      });
      setTaken(frames);
      onHeld(frames.files.length > 0);
    } catch (thrown) {
      onHeld(false);
      if (!controller.signal.aborted) reportError(asPawsaurError(thrown));
    } finally {
      setReading(null);
    }
  };
  const add = ({ files, lines }: Taken) => {
    void importFrom({ ...requestFor(target, setName), files, lines });
    onDone();
  };

  return (
    <div className={styles.stack}>
      <FileInput
        multiple
        clearable
        clearButtonProps={{ 'aria-label': 'Choose none' }}
        accept="video/*,.mkv,.avi,.mov,.ogv"
        label="Videos"
        description="They are read here; nothing is sent anywhere. Of several, each becomes a class."
        placeholder="Choose videos…"
        leftSection={<IconMovie size={16} aria-hidden />}
        value={videos}
        disabled={reading !== null}
        data-autofocus
        onChange={(files) => {
          setVideos(files);
          forget();
        }}
      />
      <div className={styles.pair}>
        <NumberInput
          label="One frame every"
          suffix=" s"
          min={0.04}
          max={600}
          step={0.5}
          decimalScale={2}
          value={every}
          disabled={reading !== null}
          onChange={(value) => {
            if (typeof value === 'number' && value > 0) setEvery(value);
            forget();
          }}
        />
        <NumberInput
          label="At most, of each video"
          suffix={most === 1 ? ' frame' : ' frames'}
          min={1}
          max={2000}
          allowDecimal={false}
          value={most}
          disabled={reading !== null}
          onChange={(value) => {
            if (typeof value === 'number' && value >= 1) setMost(value);
            forget();
          }}
        />
      </div>
      {reading !== null && <Busy {...reading} onCancel={() => stop.current?.abort()} />}
      {reading === null && taken === null && (
        <Button className={styles.go} disabled={videos.length === 0} onClick={() => void take()}>
          Take frames
        </Button>
      )}
      {taken !== null && <Lines lines={taken.lines} />}
      {taken !== null && taken.files.length > 0 && (
        <>
          <FrameStrip files={taken.files} />
          <Target value={target} fallback={setName} onChange={setTarget} />
          <AddButton count={taken.files.length} onAdd={() => add(taken)} />
        </>
      )}
    </div>
  );
}

function Busy({ done, total, path, onCancel }: Reading & { onCancel(): void }) {
  const cancel = useFocused<HTMLButtonElement>();
  return (
    <div className={styles.stack}>
      <span className={styles.soft}>
        Video {Math.min(total, Math.floor(done) + 1)} of {total}: {showName(path)}
      </span>
      <Progress value={(100 * done) / total} size={6} aria-label="Frames taken" />
      <Button ref={cancel} variant="default" size="sm" className={styles.go} onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}

function AddButton({ count, onAdd }: { count: number; onAdd(): void }) {
  const button = useFocused<HTMLButtonElement>();
  return (
    <Button
      ref={button}
      className={styles.go}
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={onAdd}
    >
      Add {plural(count, 'picture')}
    </Button>
  );
}

/** What became of each video. */
function Lines({ lines }: { lines: readonly ReportLine[] }) {
  return (
    <ul className={styles.lines} aria-label="What came of the videos" aria-live="polite">
      {lines.map(({ path, outcome, detail }, i) => (
        // Two videos of one name may come from different folders.
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is made once and never changed
        <li key={i} className={outcome === 'skipped' ? styles.failed : undefined}>
          <b>{showName(path)}</b> <span className={styles.soft}>{detail}</span>
        </li>
      ))}
    </ul>
  );
}
