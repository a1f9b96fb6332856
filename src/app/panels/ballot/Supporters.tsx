/**
 * The labelled pictures that vote, strongest first or class by class. One stop of the Tab key, arrow keys walk them; on
 * the one in focus a class key gives it another label, and the votes follow.
 */

import { type KeyboardEvent, useRef, useState } from 'react';
import type { BallotsReport } from '../../../session/protocol';
import { classOfKey } from '../../labels/classKeys';
import { Choice } from '../panel/Panel';
import { RgbaCanvas } from '../panel/RgbaCanvas';
import styles from './ballot.module.css';
import { Relabel } from './Relabel';
import { campsOf, classNameOf, pictureOf, type Supporter, type Tally } from './tally';
import { share } from './VoteBars';

interface SupportersProps {
  report: BallotsReport;
  tally: Tally;
  /** Classes given since the report was made, by picture. */
  relabelled: ReadonlyMap<number, number>;
  onRelabel(index: number, label: number): void;
}

type Order = 'vote' | 'class';

/** Shown at first: these hold most of the vote. */
const fewest = 16;
/** Of each class, in the order by class. */
const ofCamp = 8;

export function Supporters({ report, tally, relabelled, onRelabel }: SupportersProps) {
  const [order, setOrder] = useState<Order>('vote');
  const [all, setAll] = useState(false);
  const [chosen, setChosen] = useState<number | null>(null);
  const list = useRef<HTMLDivElement>(null);
  const { supporters, winner } = tally;
  const camps = campsOf(supporters).map((camp) => ({
    ...camp,
    shown: all ? camp.supporters : camp.supporters.slice(0, ofCamp),
  }));
  const byVote = all ? supporters : supporters.slice(0, fewest);
  const shown = order === 'vote' ? byVote : camps.flatMap((camp) => camp.shown);
  const home = shown.find(({ index }) => index === chosen) ?? shown[0];
  const peak = Math.max(1e-6, supporters[0]?.vote ?? 0);
  const classes = report.classNames.length;

  const onKeyDown = (event: KeyboardEvent) => {
    if (home === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const label = classOfKey(event.key, classes);
    if (label >= 0) {
      event.preventDefault();
      event.stopPropagation();
      setChosen(home.index);
      onRelabel(home.index, label);
      return;
    }
    const to = neighbour(event.key, shown.indexOf(home), shown.length);
    if (to === null) return;
    event.preventDefault();
    const { index } = shown[to]!;
    setChosen(index);
    list.current?.querySelector<HTMLElement>(`[data-picture="${index}"]`)?.focus();
  };

  const card = (supporter: Supporter) => (
    <Card
      key={supporter.index}
      supporter={supporter}
      report={report}
      peak={peak}
      winner={supporter.label === winner.label}
      home={supporter === home}
      chosen={supporter.index === chosen}
      now={relabelled.get(supporter.index)}
      onChoose={() => setChosen(supporter.index)}
    />
  );
  const unseen = supporters.length - shown.length;
  const rest = 1 - shown.reduce((sum, { vote }) => sum + vote, 0);
  return (
    <section className={styles.part} aria-label="Who votes">
      <div className={styles.partHead}>
        <h3>Who votes</h3>
        <span>similarity is the cosine of the embeddings; the softmax makes shares of it</span>
        <Choice<Order>
          label="Order of the voters"
          options={[
            { value: 'vote', label: 'by vote' },
            { value: 'class', label: 'by class' },
          ]}
          value={order}
          onChange={setOrder}
        />
      </div>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: keys pressed in its buttons arrive here */}
      <div ref={list} onKeyDown={onKeyDown}>
        {order === 'vote' ? (
          <div className={styles.cards}>{byVote.map(card)}</div>
        ) : (
          camps.map((camp) => (
            <div key={camp.label} className={styles.camp}>
              <p className={styles.campName} title={classNameOf(report.classNames, camp.label)}>
                <b>{classNameOf(report.classNames, camp.label)}</b> {share(camp.vote)}
              </p>
              <div className={styles.cards}>{camp.shown.map(card)}</div>
            </div>
          ))
        )}
      </div>
      {(unseen > 0 || all) && supporters.length > fewest && (
        <p className={styles.more}>
          {unseen > 0 && `${unseen} more with ${share(Math.max(0, rest))} of the vote together. `}
          <button type="button" onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : 'Show all'}
          </button>
        </p>
      )}
      {chosen !== null && home !== undefined && home.index === chosen && (
        <Relabel
          supporter={home}
          classNames={report.classNames}
          label={relabelled.get(home.index) ?? home.label}
          pending={relabelled.has(home.index)}
          onRelabel={(label) => onRelabel(home.index, label)}
        />
      )}
    </section>
  );
}

interface CardProps {
  supporter: Supporter;
  report: BallotsReport;
  peak: number;
  /** Votes for what the pseudo-label says. */
  winner: boolean;
  home: boolean;
  chosen: boolean;
  /** The class it was given since. */
  now: number | undefined;
  onChoose(): void;
}

function Card({ supporter, report, peak, winner, home, chosen, now, onChoose }: CardProps) {
  const { index, label, truth, similarity, vote } = supporter;
  const pixels = pictureOf(report, index);
  const name = classNameOf(report.classNames, now ?? label);
  const mislabelled = truth >= 0 && truth !== (now ?? label);
  const words = `${name}${mislabelled ? `, truly ${classNameOf(report.classNames, truth)}` : ''}`;
  return (
    <button
      type="button"
      className={styles.card}
      data-picture={index}
      data-winner={winner}
      data-mislabelled={mislabelled}
      aria-pressed={chosen}
      tabIndex={home ? 0 : -1}
      aria-label={`picture ${index}: ${words}; similarity ${similarity.toFixed(2)}, ${share(vote)} of the vote. Change its label`}
      onClick={onChoose}
    >
      <span className={styles.cardPicture}>
        {pixels !== null && <RgbaCanvas pixels={pixels} size={report.size} />}
      </span>
      <span className={styles.cardName} data-changed={now !== undefined} title={words}>
        {name}
      </span>
      <span className={styles.track}>
        <span className={styles.fill} style={{ width: `${Math.min(100, (100 * vote) / peak)}%` }} />
      </span>
      <span className={styles.cardNumbers}>
        <span>{similarity.toFixed(2)}</span>
        <b>{share(vote)}</b>
      </span>
      {mislabelled && <span className={styles.mislabelled}>mislabelled</span>}
    </button>
  );
}

function neighbour(key: string, from: number, length: number): number | null {
  const to = {
    ArrowRight: from + 1,
    ArrowDown: from + 1,
    ArrowLeft: from - 1,
    ArrowUp: from - 1,
    Home: 0,
    End: length - 1,
  }[key];
  return to === undefined || to < 0 || to >= length ? null : to;
}
