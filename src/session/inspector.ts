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

  /** Student's and teacher's attention over the probes; null where the network has none. */
  async attention(method: TrainingMethod): Promise<AttentionReport | null> {
    const { dataset, probes } = this.#data;
    const teacherMaps = await method.attention(probes, 'teacher');
    const studentMaps = await method.attention(probes, 'student');
    if (teacherMaps === null || studentMaps === null) return null;
    const { heads, rows, cols, weights: teacher } = teacherMaps;
    const { weights: student } = studentMaps;
    const patches = rows * cols;
    const threshold = this.#threshold;
    const truth = dataset.masks === null ? null : masksOf(dataset, probes);
    return {
      step: method.step,
      indices: probes.slice(),
      heads,
      rows,
      cols,
      student: student.slice(),
      teacher: teacher.slice(),
      studentMasks: attentionMasks(student, patches, threshold).slice(),
      teacherMasks: attentionMasks(teacher, patches, threshold).slice(),
      threshold,
      imageSize: dataset.size,
      pictures: rgbaPictures(dataset, probes),
      truth,
      jaccard: truth && scoreAttention(teacher, rows, cols, truth, dataset.size, threshold).perImage.slice(),
    };
  }

  /** How the first images of the latest batch were cropped and coloured; null before the first step. */
  async views(method: TrainingMethod): Promise<ViewsReport | null> {
    const snapshot = await method.views(viewImages);
    if (snapshot === null) return null;
    const { dataset } = this.#data;
    return {
      step: method.step,
      indices: snapshot.indices.slice(),
      views: snapshot.views.map((view) => ({ ...view, pixels: view.pixels.slice() })),
      terms: snapshot.terms.slice(),
      teacher: snapshot.teacher.slice(),
      student: snapshot.student.slice(),
      imageSize: dataset.size,
      pictures: rgbaPictures(dataset, snapshot.indices),
    };
  }
}
