/** Copies a link that restores the whole set-up; the address bar takes it too. */

import { Button, Modal, TextInput } from '@mantine/core';
import { useState } from 'react';
import { encodePermalink } from '../../recipe';
import { tell } from '../store/notify';
import { useSetup } from '../store/setup';
import styles from './shell.module.css';

/** The address of this page with the set-up in its fragment. */
function shareLink(): string {
  const { recipe, preset } = useSetup.getState();
  return `${window.location.href.split('#')[0]}${encodePermalink(recipe, preset)}`;
}

/** What a link restores; pictures and labels of one's own never leave the page. */
function whatIsShared(): string {
  const { data, label_source } = useSetup.getState().recipe;
  const own = [data === 'folder' && 'pictures', label_source === 'hand' && 'labels'].filter(Boolean);
  return own.length === 0
    ? 'It restores the whole set-up.'
    : `It holds the recipe; your ${own.join(' and ')} stay here.`;
}

export function Share() {
  const [shown, setShown] = useState<string | null>(null);
  const share = async () => {
    const link = shareLink();
    window.history.replaceState(null, '', link);
    try {
      await navigator.clipboard.writeText(link);
      tell('Link copied', whatIsShared());
    } catch {
      setShown(link);
    }
  };
  return (
    <>
      <Button variant="default" className={styles.share} onClick={() => void share()}>
        Share
      </Button>
      <Modal opened={shown !== null} onClose={() => setShown(null)} title="The link to this set-up">
        <TextInput
          label="Copy it from here"
          readOnly
          data-autofocus
          value={shown ?? ''}
          onFocus={(event) => event.currentTarget.select()}
        />
      </Modal>
    </>
  );
}
