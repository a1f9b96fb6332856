/** One picture of the grid: what it shows, its label, whether it is chosen. */

import { IconCheck } from '@tabler/icons-react';
import { memo } from 'react';
import { RgbaCanvas } from '../panels/panel/RgbaCanvas';
import styles from './labels.module.css';

interface Props {
  id: string;
  picture: number;
  /** Place among those shown, from 0, and how many are shown. */
  position: number;
  of: number;
  name: string;
  pixels: Uint8ClampedArray | undefined;
  /** Class given; null = none. */
  label: string | null;
  /** True class, where the person asked to see it; null = hidden or unknown. */
  truth: string | null;
  heldOut: boolean;
  chosen: boolean;
  cursor: boolean;
}

export const PictureCell = memo(function PictureCell(props: Props) {
  const { id, picture, position, of, name, pixels, label, truth, heldOut, chosen, cursor } = props;
  const wrong = truth !== null && label !== null && truth !== label;
  const spoken = [
    name,
    label === null ? 'no label' : `labelled ${label}`,
    truth !== null && `truly ${truth}`,
    heldOut && 'held out',
  ].filter(Boolean);
  return (
    // The listbox around it takes the keys and has the focus.
    // biome-ignore lint/a11y/useFocusableInteractive: named by aria-activedescendant
    <div
      id={id}
      role="option"
      aria-selected={chosen}
      aria-posinset={position + 1}
      aria-setsize={of}
      aria-label={spoken.join(', ')}
      className={styles.cell}
      data-picture={picture}
      data-position={position}
      data-chosen={chosen || undefined}
      data-cursor={cursor || undefined}
      title={name}
    >
      {pixels === undefined ? (
        <div className={styles.blank} />
      ) : (
        <RgbaCanvas pixels={pixels} size={Math.sqrt(pixels.length / 4)} />
      )}
      {chosen && (
        <span className={styles.tick} aria-hidden="true">
          <IconCheck size={12} stroke={3} />
        </span>
      )}
      {heldOut && <span className={styles.heldOut}>held out</span>}
      {truth !== null && truth !== label && (
        <span className={`${styles.tag} ${styles.truth} ${wrong ? styles.wrong : ''}`}>{truth}</span>
      )}
      {label !== null && <span className={styles.tag}>{label}</span>}
    </div>
  );
});
