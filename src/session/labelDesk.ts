/** Labels as the person keeps them: taken in, listed, and chosen for. */

import { pickLabels } from '../evaluation';
import { PawsaurError } from '../platform/errors';
import { smallPixels } from './baselines';
import { type DataShelf, type GivenLabels, type ShelvedData, sameArrays } from './dataShelf';
import { spread } from './pictures';
import type { SessionEvent } from './protocol';
import type { TrainingLoop } from './trainingLoop';
import type { TrainingRun } from './trainingRun';
import { nextTask } from './turns';

/** Most pictures that are chosen among. */
const mostCandidates = 2000;

export class LabelDesk {
  readonly #shelf: DataShelf;
  readonly #loop: TrainingLoop;
  readonly #emit: (event: SessionEvent) => void;

  constructor(shelf: DataShelf, loop: TrainingLoop, emit: (event: SessionEvent) => void) {
    this.#shelf = shelf;
    this.#loop = loop;
    this.#emit = emit;
  }

  /**
   * Takes the labels; a run that goes works with them from its next step on, and one that is over is voted on, scored
   * and fine-tuned with them. One that knows other classes keeps what it has.
   * @returns whether the run that is there must go: it has not taken a step, and knows other classes
   * @throws PawsaurError when they are for other pictures, or a run is under way with other classes
   */
  take(labels: GivenLabels): boolean {
    const { run, runUnderWay } = this.#loop;
    const before = this.#shelf.data;
    const same = sameArrays(labels.classNames, before.labelling.classNames);
    if (runUnderWay !== null && runUnderWay.sent > 0 && !same) {
      throw new PawsaurError('labels/classes', 'Stop the run first: its classes cannot change.');
    }
    const data = this.#shelf.relabel(labels);
    if (JSON.stringify(data.summary) !== JSON.stringify(before.summary)) {
      this.#emit({ type: 'dataset', summary: data.summary });
    }
    if (run === null || this.#loop.failed || !run.relabel(data)) this.#tell(data);
    return runUnderWay !== null && !same;
  }

  /** The labels by hand, which no run has made its own. */
  #tell({ summary, labelling }: ShelvedData): void {
    const { generation } = summary;
    const { classNames, given } = labelling;
    const labels = { generation, source: 'hand' as const, classNames: [...classNames], given: given.slice() };
    this.#emit({ type: 'labels', labels });
  }

  /**
   * Varied pictures that are worth a label, by the network of the run that is there, else by their pixels.
   * @throws the signal's reason when aborted
   */
  async pick(
    { count, seed }: { count: number; seed: number },
    run: TrainingRun | null,
    signal: AbortSignal,
  ): Promise<Int32Array<ArrayBuffer>> {
    const { labelling, trainIndices, dataset } = this.#shelf.data;
    const isGiven = (index: number) => labelling.given[index]! >= 0;
    const open = trainIndices.filter((index) => !isGiven(index));
    const candidates = Int32Array.from([
      ...trainIndices.filter(isGiven),
      ...spread(open, mostCandidates),
    ]).sort();
    if (candidates.length === 0) return candidates;
    const features = run === null ? smallPixels(dataset, candidates) : await run.features(candidates, signal);
    const rows = await pickLabels(
      {
        features,
        dim: features.length / candidates.length,
        known: candidates.map((index) => labelling.truth[index]!),
        given: candidates.map((index) => labelling.given[index]!),
        classes: labelling.classNames.length,
        perClass: count,
        seed,
      },
      async () => {
        await nextTask();
        signal.throwIfAborted();
      },
    );
    return Int32Array.from(rows, (row) => candidates[row]!);
  }
}
