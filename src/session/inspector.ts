/** Looks at a network for the person: attention over the pinned images, and the views of the latest batch. */

import { attentionMasks, scoreAttention } from '../evaluation';
import type { TrainingMethod } from '../methods/method';
import { masksOf } from './baselines';
import type { ShelvedData } from './dataShelf';
import { rgbaPictures } from './pictures';
import type { AttentionReport, ViewsReport } from './protocol';

/** Images of the batch whose views are shown. */
const viewImages = 4;

export class Inspector {
  readonly #data: ShelvedData;
  readonly #threshold: number;

  /** @param threshold share of the attention mass that a mask keeps */
  constructor(data: ShelvedData, threshold: number) {
    this.#data = data;
    this.#threshold = threshold;
  }

  /** Attention of every network over the probes; null where the networks have none. */
  async attention(method: TrainingMethod): Promise<AttentionReport | null> {
    const { dataset, probes } = this.#data;
    const hasTeacher = method.networks.includes('teacher');
    const teacherMaps = hasTeacher ? await method.attention(probes, 'teacher') : null;
    const studentMaps = await method.attention(probes, 'student');
    if (studentMaps === null) return null;
    const { heads, rows, cols, weights: student } = studentMaps;
    const teacher = teacherMaps?.weights ?? null;
    const scored = teacher ?? student;
    const patches = rows * cols;
    const threshold = this.#threshold;
    const truth = probes.some((index) => dataset.masks?.has(index)) ? masksOf(dataset, probes) : null;
    const { size, masks } = dataset;
    const jaccard = truth && scoreAttention(scored, rows, cols, truth, size, threshold).perImage.slice();
    jaccard?.forEach((_, i) => {
      if (!masks?.has(probes[Math.floor(i / heads)]!)) jaccard[i] = Number.NaN;
    });
    return {
      step: method.step,
      indices: probes.slice(),
      heads,
      rows,
      cols,
      student: student.slice(),
      teacher: teacher?.slice() ?? null,
      studentMasks: attentionMasks(student, patches, threshold).slice(),
      teacherMasks: teacher && attentionMasks(teacher, patches, threshold).slice(),
      threshold,
      imageSize: dataset.size,
      pictures: rgbaPictures(dataset, probes),
      truth,
      jaccard,
    };
  }

  /** How the first images of the latest batch were cropped and coloured; null before the first step. */
  async views(method: TrainingMethod): Promise<ViewsReport | null> {
    const snapshot = await method.views(viewImages);
    if (snapshot === null) return null;
    const { dataset } = this.#data;
    const { answers } = snapshot;
    return {
      step: method.step,
      indices: snapshot.indices.slice(),
      views: snapshot.views.map((view) => ({ ...view, pixels: view.pixels.slice() })),
      answers: answers && {
        terms: answers.terms.slice(),
        targets: answers.targets.slice(),
        predictions: answers.predictions.slice(),
      },
      imageSize: dataset.size,
      pictures: rgbaPictures(dataset, snapshot.indices),
    };
  }
}
