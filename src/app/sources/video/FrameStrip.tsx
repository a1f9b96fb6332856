/** A few of the frames that were taken, spread over all of them. */

import { useEffect, useState } from 'react';
import styles from '../sources.module.css';

/** More would say nothing new. */
const shownFrames = 12;

export function FrameStrip({ files }: { files: readonly { path: string; file: Blob }[] }) {
  const [urls, setUrls] = useState<string[]>([]);
  useEffect(() => {
    const count = Math.min(shownFrames, files.length);
    const picked = Array.from({ length: count }, (_, i) => files[Math.floor((i * files.length) / count)]!);
    const made = picked.map(({ file }) => URL.createObjectURL(file));
    setUrls(made);
    return () => {
      for (const url of made) URL.revokeObjectURL(url);
    };
  }, [files]);
  return (
    <div className={styles.strip} aria-hidden="true">
      {urls.map((url) => (
        <img key={url} src={url} alt="" />
      ))}
    </div>
  );
}
