/** Payloads to look at: attention, views, thumbnails. */
import * as v from 'valibot';
import { count, finite, pixels, text } from './values';

export const attentionReportSchema = v.pipe(
  v.object({
    step: count,
    /** [n] images shown. */
    indices: v.instance(Int32Array),
    heads: count,
    rows: count,
    cols: count,
    /** [n, heads, rows·cols] attention of the class token to the patches, last block. */
    student: v.instance(Float32Array),
    /** The same of the teacher; null in a method without one. */
    teacher: v.nullable(v.instance(Float32Array)),
    /** [n, heads, rows·cols] 0/1: the patches that hold `threshold` of each head's mass. */
    studentMasks: v.instance(Uint8Array),
    teacherMasks: v.nullable(v.instance(Uint8Array)),
    threshold: finite,
    /** Side of the pictures below, px. */
    imageSize: count,
    /** [n, imageSize, imageSize, 4] RGBA. */
    pictures: pixels,
    /** [n, imageSize, imageSize] 0/1, where the data set knows them; a picture without a mask is all 0. */
    truth: v.nullable(v.instance(Uint8Array)),
    /** [n, heads] Jaccard of the scored network's masks (the teacher's, where there is one), percent; NaN without a mask. */
    jaccard: v.nullable(v.instance(Float32Array)),
  }),
  v.check((a) => {
    const n = a.indices.length;
    const maps = n * a.heads * a.rows * a.cols;
    const area = n * a.imageSize * a.imageSize;
    return (
      [a.student, a.teacher, a.studentMasks, a.teacherMasks].every((m) => (m?.length ?? maps) === maps) &&
      (a.teacher === null) === (a.teacherMasks === null) &&
      a.pictures.length === area * 4 &&
      (a.truth === null || a.truth.length === area) &&
      (a.jaccard === null || a.jaccard.length === n * a.heads)
    );
  }, 'attention arrays do not fit their sizes'),
);
export type AttentionReport = v.InferOutput<typeof attentionReportSchema>;

const cropBoxSchema = v.object({
  top: finite,
  left: finite,
  height: finite,
  width: finite,
  flip: v.boolean(),
});

/** The training pictures as numbers: mean and standard deviation of red, green and blue over all pixels, 0 to 1. */
export const descriptionSchema = v.object({
  generation: count,
  mean: v.tuple([finite, finite, finite]),
  deviation: v.tuple([finite, finite, finite]),
});
export type Description = v.InferOutput<typeof descriptionSchema>;

export const viewSchema = v.object({
  name: text,
  size: count,
  /** One box for each image, in px of the stored picture. */
  boxes: v.array(cropBoxSchema),
  /** [n, size, size, 4] RGBA as the network saw them, normalisation undone. */
  pixels,
});
export type View = v.InferOutput<typeof viewSchema>;

export const viewsReportSchema = v.pipe(
  v.object({
    step: count,
    /** [n] images shown. */
    indices: v.instance(Int32Array),
    views: v.array(viewSchema),
    /** What the views were asked to say and said; null where none are compared. */
    answers: v.nullable(
      v.object({
        /** [T, V] cross-entropy of each target and view, 0 where the two are not compared. */
        terms: v.instance(Float32Array),
        /** [T, K] and [V, K]: distributions of the first image. */
        targets: v.instance(Float32Array),
        predictions: v.instance(Float32Array),
      }),
    ),
    imageSize: count,
    /** [n, imageSize, imageSize, 4] RGBA originals. */
    pictures: pixels,
  }),
  v.check((r) => {
    const n = r.indices.length;
    return (
      r.pictures.length === n * r.imageSize * r.imageSize * 4 &&
      (r.answers === null || r.answers.terms.length % r.views.length === 0) &&
      r.views.every((view) => view.boxes.length === n && view.pixels.length === n * view.size * view.size * 4)
    );
  }, 'view arrays do not fit their sizes'),
);
export type ViewsReport = v.InferOutput<typeof viewsReportSchema>;

export const thumbnailsSchema = v.pipe(
  v.object({
    generation: count,
    indices: v.array(count),
    size: count,
    /** [n, size, size, 4] RGBA. */
    pixels,
  }),
  v.check(
    (t) => t.pixels.length === t.indices.length * t.size * t.size * 4,
    'thumbnail pixels do not fit their size',
  ),
);
export type Thumbnails = v.InferOutput<typeof thumbnailsSchema>;
