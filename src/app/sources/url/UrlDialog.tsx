/** Brings in a ZIP from an address: names the host first, and asks it for the file when that is pressed. */

import { Button, Progress, TextInput } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { asPawsaurError, type PawsaurError } from '../../../platform/errors';
import { showBytes } from '../../format';
import { Notice } from '../../shell/Notice';
import { importFrom } from '../../store/library';
import { Frame, type SourceProps } from '../Frame';
import styles from '../sources.module.css';
import { requestFor, Target } from '../Target';
import { useFocused } from '../useFocused';
import { type Address, checkAddress } from './address';
import { type Download, startDownload } from './download';

interface Progressing {
  host: string;
  received: number;
  total: number | null;
}

export function UrlDialog({ opened, onClose }: SourceProps) {
  const download = useRef<Download | null>(null);
  const [busy, setBusy] = useState<Progressing | null>(null);
  const cancel = () => download.current?.cancel();
  useEffect(() => () => download.current?.cancel(), []);
  const close = () => {
    cancel();
    onClose();
  };
  return (
    <Frame opened={opened} onClose={close} title="Pictures from an address" width={560} held={busy !== null}>
      <Form download={download} busy={busy} onBusy={setBusy} onCancel={cancel} onDone={onClose} />
    </Frame>
  );
}

interface FormProps {
  /** What is under way, kept where closing finds it. */
  download: { current: Download | null };
  busy: Progressing | null;
  onBusy(busy: Progressing | null): void;
  onCancel(): void;
  onDone(): void;
}

function Form({ download, busy, onBusy, onCancel, onDone }: FormProps) {
  const [text, setText] = useState('');
  const [target, setTarget] = useState({ into: '', name: '' });
  const [error, setError] = useState<PawsaurError | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const checked = text.trim() === '' ? null : checkAddress(text, window.location.protocol === 'https:');
  const address = checked?.ok === true ? checked.address : null;

  const fetchFrom = async (from: Address) => {
    const progress = (received: number, total: number | null) => onBusy({ host: from.host, received, total });
    setError(null);
    progress(0, null);
    const started = startDownload(from, progress);
    download.current = started;
    try {
      const file = await started.done;
      void importFrom({ ...requestFor(target, bareName(file.name)), files: [{ path: file.name, file }] });
      onDone();
    } catch (thrown) {
      const failure = asPawsaurError(thrown);
      if (failure.code !== 'aborted') setError(failure);
      field.current?.focus();
    } finally {
      download.current = null;
      onBusy(null);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (address !== null && busy === null) void fetchFrom(address);
  };

  return (
    <form className={styles.stack} onSubmit={submit}>
      <TextInput
        ref={field}
        label="Address of a ZIP file"
        description="Sub-folders become classes, as in a folder. TAR and GZ work too."
        placeholder="https://example.org/pictures.zip"
        inputMode="url"
        autoComplete="off"
        spellCheck={false}
        maxLength={8000}
        data-autofocus
        value={text}
        readOnly={busy !== null}
        error={checked?.ok === false ? checked.message : null}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setError(null);
        }}
      />
      {address !== null && (
        <Target value={target} fallback={bareName(address.fileName)} onChange={setTarget} />
      )}
      {error !== null && (
        <Notice kind="bad" title={error.message}>
          <p>{error.hint}</p>
        </Notice>
      )}
      {busy !== null ? (
        <Busy {...busy} onCancel={onCancel} />
      ) : (
        <>
          {address !== null && (
            <p className={styles.pledge}>
              This page asks <b>{address.host}</b>, and nobody else, for the file. Nothing of yours is sent
              there; as with every download, the host sees the address of this machine.
            </p>
          )}
          <Button
            type="submit"
            disabled={address === null}
            leftSection={<IconDownload size={16} aria-hidden />}
            className={styles.go}
          >
            {address === null ? (
              'Download'
            ) : (
              <span className={styles.ellipsis}>Download from {address.host}</span>
            )}
          </Button>
        </>
      )}
    </form>
  );
}

function Busy({ host, received, total, onCancel }: Progressing & { onCancel(): void }) {
  const cancel = useFocused<HTMLButtonElement>();
  const of = total === null ? '' : ` of ${showBytes(total)}`;
  return (
    <div className={styles.stack}>
      <span className={styles.soft} role="status">
        {received === 0 ? `Waiting for ${host}…` : `${showBytes(received)}${of} from ${host}`}
      </span>
      <Progress
        value={total === null ? 100 : (100 * received) / Math.max(1, total)}
        animated={total === null}
        size={6}
        aria-label="Downloaded"
      />
      <Button ref={cancel} variant="default" size="sm" className={styles.go} onClick={onCancel}>
        Cancel
      </Button>
    </div>
  );
}

/** 'cats.tar.gz' → 'cats'. */
const bareName = (name: string) => name.replace(/\.(zip|tar|tgz|tar\.gz|gz)$/i, '') || name;
