/** The ways in: a folder, files, and what else pictures come from. */

import { Button, Loader } from '@mantine/core';
import { IconCamera, IconFolder, IconLink, IconMovie, IconPhotoPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { CameraDialog, UrlDialog, VideoDialog } from '../../sources';
import { useImports } from '../../store/library';
import styles from './adding.module.css';
import { usePickers } from './usePickers';

type Source = 'camera' | 'video' | 'url';

export function AddPictures({ first }: { first: boolean }) {
  const { inputs, pickFolder, pickFiles } = usePickers({ testIds: true });
  const [source, setSource] = useState<Source | null>(null);
  const listing = useImports((s) => s.listing);
  const close = () => setSource(null);
  const icon = { size: 15, stroke: 1.7, 'aria-hidden': true } as const;
  return (
    <div className={styles.add}>
      <b>{first ? 'Your own pictures' : 'Add pictures'}</b>
      <span className={styles.soft}>
        Drop folders, files or a ZIP anywhere on this page, or paste. Sub-folders become classes. All of it
        stays on this machine.
      </span>
      <div className={styles.two}>
        <Button variant="default" size="xs" leftSection={<IconFolder {...icon} />} onClick={pickFolder}>
          Folder…
        </Button>
        <Button variant="default" size="xs" leftSection={<IconPhotoPlus {...icon} />} onClick={pickFiles}>
          Files, ZIP…
        </Button>
      </div>
      <div className={styles.three}>
        <button type="button" className={styles.way} onClick={() => setSource('camera')}>
          <IconCamera {...icon} /> Camera
        </button>
        <button type="button" className={styles.way} onClick={() => setSource('video')}>
          <IconMovie {...icon} /> Video
        </button>
        <button
          type="button"
          className={styles.way}
          aria-label="Web address"
          title="A ZIP from a web address"
          onClick={() => setSource('url')}
        >
          <IconLink {...icon} /> Web
        </button>
      </div>
      {listing !== null && (
        <span className={styles.listing} role="status">
          <Loader size={12} aria-hidden /> {listing.words}
          <Button variant="default" size="compact-xs" onClick={listing.cancel}>
            Cancel
          </Button>
        </span>
      )}
      {inputs}
      <CameraDialog opened={source === 'camera'} onClose={close} />
      <VideoDialog opened={source === 'video'} onClose={close} />
      <UrlDialog opened={source === 'url'} onClose={close} />
    </div>
  );
}
