/** The teacher's moving average over parameters that no optimiser moves: t ← m·t + (1 − m)·s, in place. */
import * as tf from '@tensorflow/tfjs-core';
import { defineKernel, webgpu } from '../engine';
import { residence } from '../engine/arena';
import { control } from './controls';

const followKernel = defineKernel({
  name: 'teacher_follow',
  reads: ['student', 'controls'],
  writes: ['teacher'],
  uniforms: [],
  body: `
  let m = controls[${control.momentum}];
  teacher[index] = m * teacher[index] + (1.0 - m) * student[index];`,
});

/** Moves a teacher tensor towards its student. */
export function follow(teacher: tf.Tensor, student: tf.Tensor, controls: tf.Tensor): void {
  const backend = webgpu();
  if (backend) {
    backend.dispatch(followKernel, [student, controls], [teacher], {}, teacher.size);
    return;
  }
  tf.tidy(() => {
    const m = tf.slice(controls, [control.momentum], [1]);
    const moved = tf.add(tf.mul(teacher, m), tf.mul(student, tf.sub(1, m)));
    (teacher as tf.Variable).assign(tf.reshape(moved, teacher.shape));
  });
}

/** `follow` for many: by whole chunks where the tensors are all there is in two arenas of one layout. */
export function followAll(
  teachers: readonly tf.Variable[],
  students: readonly tf.Variable[],
  controls: tf.Tensor,
): void {
  const [theirs, ours] = [wholeArena(teachers), wholeArena(students)];
  const pairs =
    theirs && ours?.layout.matches(theirs.layout) ? [theirs.chunks, ours.chunks] : [teachers, students];
  const [to, from] = pairs as [readonly tf.Tensor[], readonly tf.Tensor[]];
  for (const [i, teacher] of to.entries()) follow(teacher, from[i] as tf.Tensor, controls);
}

/** The arena that these tensors fill in its own order, if there is one. */
function wholeArena(tensors: readonly tf.Tensor[]) {
  const homes = tensors.map(residence);
  const arena = homes[0]?.arena;
  const whole =
    arena?.tensors.length === tensors.length &&
    homes.every((home, i) => home?.arena === arena && home.index === i);
  return whole ? arena : null;
}
