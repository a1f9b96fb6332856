/**
 * What an optimiser keeps on the device: arenas for gradients and state of the same layout as the parameters',
 * and the tables that tell its kernels which numbers belong to which parameter.
 *
 * A slot is a parameter of the optimiser. Tables: for every segment (64 numbers) of a chunk its slot; for every
 * block (up to 64 segments of one parameter, what one workgroup sums up) where it begins; for every slot its
 * blocks and switches. A parameter of any size is thus as many workgroups as it needs.
 */
import type * as tf from '@tensorflow/tfjs-core';
import type { PawsaurBackend } from '../engine';
import { Arena, ArenaLayout, type ArenaPlace, maxChunkBytes, residence } from '../engine/arena';
import { VIEW_ALIGNMENT } from '../engine/backend';
import { PawsaurError } from '../platform/errors';
import type { OptimizedParameter } from './controls';

/** Numbers kept per parameter between the kernels of a step, and where they stand. */
export const STATS = 8;
export const stat = {
  /** What clipping multiplies the gradient by. */
  factor: 0,
  /** 1 − βᵗ of both moments. */
  correction1: 1,
  correction2: 2,
  /** Share of the teacher that is kept; 1 for a parameter without one. */
  kept: 3,
  /** 1 while the parameter is trained. */
  active: 4,
  /** Weight decay that goes into the gradient, or shrinks the parameter. */
  decay: 5,
  /** The layer's share of the learning rate (LARS); else 1. */
  trust: 6,
} as const;

/** The slot of a segment that the optimiser leaves alone. */
export const NO_SLOT = 0xffffffff;
/** Switches of a slot. */
export const DECAYED = 1;
export const FOLLOWED = 2;
const SLOT_COLUMNS = 4;
const BLOCK_COLUMNS = 3;
const BLOCK_SEGMENTS = 64;

/** The buffers of one dispatch over a whole chunk. */
export interface Chunk {
  parameter: tf.Tensor;
  gradient: tf.Tensor;
  /** One for each kind of state. */
  state: tf.Tensor[];
  teacher: tf.Tensor | null;
  /** [segments] slot of each, or NO_SLOT. */
  segments: tf.Tensor;
  /** [blocks, 3]: first segment, segments, place among all partial sums. */
  blocks: tf.Tensor;
}

/** Parameters whose students lie in one arena. */
interface Group {
  students: Arena;
  teachers: Arena | null;
  /** Of each parameter: its slot and its place in the arena. */
  members: Array<{ slot: number; index: number; place: ArenaPlace }>;
}

export class Workspace {
  readonly chunks: readonly Chunk[];
  /** Where each parameter's gradient goes. */
  readonly gradients: readonly tf.Tensor[];
  /** Of each kind of state, each parameter's, zero at first. */
  readonly state: readonly (readonly tf.Tensor[])[];
  /** [slots, 4]: first block, blocks, the control that says whether it is trained, switches. */
  readonly slots: tf.Tensor;
  /** [blocks, 4] sums over each block. */
  readonly partials: tf.Tensor;
  /** [slots, STATS]. */
  readonly stats: tf.Tensor;
  /** [slots] norm of each gradient before clipping. */
  readonly norms: tf.Tensor;
  private readonly arenas: Arena[] = [];

  /**
   * @param kinds how many numbers of state each number of a parameter has
   * @throws PawsaurError when a student lies in no arena, or its teacher at another place
   */
  constructor(
    private readonly backend: PawsaurBackend,
    parameters: readonly OptimizedParameter[],
    kinds: number,
  ) {
    const gradients: tf.Tensor[] = [];
    const state: tf.Tensor[][] = Array.from({ length: kinds }, () => []);
    const { slots, groups, blockCount } = tablesOf(parameters);
    this.slots = this.table([parameters.length, SLOT_COLUMNS], slots);
    this.chunks = groups.flatMap(({ students, teachers, members, tables }) => {
      const gradientArena = this.arena(students.layout);
      const stateArenas = state.map(() => this.arena(students.layout));
      for (const { slot, index } of members) {
        gradients[slot] = gradientArena.tensors[index] as tf.Tensor;
        stateArenas.forEach((arena, kind) => {
          (state[kind] as tf.Tensor[])[slot] = arena.tensors[index] as tf.Tensor;
        });
      }
      return tables.flatMap(({ segments, blocks }, c) => {
        if (blocks.length === 0) return [];
        return {
          parameter: students.chunks[c] as tf.Tensor,
          gradient: gradientArena.chunks[c] as tf.Tensor,
          state: stateArenas.map((arena) => arena.chunks[c] as tf.Tensor),
          teacher: (teachers?.chunks[c] as tf.Tensor | undefined) ?? null,
          segments: this.table([segments.length], segments),
          blocks: this.table([blocks.length / BLOCK_COLUMNS, BLOCK_COLUMNS], blocks),
        };
      });
    });
    this.gradients = gradients;
    this.state = state;
    this.partials = this.single([blockCount, 4]);
    this.stats = this.single([parameters.length, STATS]);
    this.norms = this.single([parameters.length]);
  }

  /** Bytes of all buffers. */
  get bytes(): number {
    return this.arenas.reduce((sum, { layout }) => sum + layout.bytes, 0);
  }

  dispose(): void {
    for (const arena of this.arenas) arena.dispose();
  }

  private arena(layout: ArenaLayout, values?: Int32Array[]): Arena {
    const arena = new Arena(this.backend, layout, values);
    this.arenas.push(arena);
    return arena;
  }

  private single(shape: number[]): tf.Tensor {
    const layout = new ArenaLayout([{ shape }], maxChunkBytes(this.backend));
    return this.arena(layout).tensors[0] as tf.Tensor;
  }

  private table(shape: number[], values: readonly number[]): tf.Tensor {
    const layout = new ArenaLayout([{ shape, dtype: 'int32' }], maxChunkBytes(this.backend));
    return this.arena(layout, [Int32Array.from(values)]).tensors[0] as tf.Tensor;
  }
}

function groupByArena(parameters: readonly OptimizedParameter[]): Group[] {
  const groups = new Map<Arena, Group>();
  for (const [slot, { name, student, teacher }] of parameters.entries()) {
    const home = residence(student);
    if (!home) {
      throw new PawsaurError(
        'engine',
        `The parameter "${name}" lies in no arena: make it by a ParameterSet.`,
      );
    }
    const { arena, index } = home;
    const group = groups.get(arena) ?? { students: arena, teachers: null, members: [] };
    groups.set(arena, group);
    group.members.push({ slot, index, place: arena.layout.places[index] as ArenaPlace });
    if (!teacher) continue;
    const other = residence(teacher);
    group.teachers ??= other?.arena ?? null;
    if (!other || other.arena !== group.teachers || other.index !== index || !inStep(other.arena, arena)) {
      throw new PawsaurError('engine', `The teacher of "${name}" lies at another place than its student.`);
    }
  }
  return [...groups.values()];
}

const inStep = (a: Arena, b: Arena): boolean => a !== b && a.layout.matches(b.layout);

interface ChunkTables {
  segments: number[];
  blocks: number[];
}

function tablesOf(parameters: readonly OptimizedParameter[]) {
  const slots = new Array<number>(parameters.length * SLOT_COLUMNS);
  let blockCount = 0;
  const groups = groupByArena(parameters).map((group) => {
    const tables: ChunkTables[] = group.students.layout.chunkBytes.map((bytes) => ({
      segments: new Array<number>(bytes / VIEW_ALIGNMENT).fill(NO_SLOT),
      blocks: [],
    }));
    for (const { slot, place } of group.members) {
      const { segments, blocks } = tables[place.chunk] as ChunkTables;
      const [first, count] = [place.offset / VIEW_ALIGNMENT, place.bytes / VIEW_ALIGNMENT];
      segments.fill(slot, first, first + count);
      const firstBlock = blockCount;
      for (let done = 0; done < count; done += BLOCK_SEGMENTS) {
        blocks.push(first + done, Math.min(BLOCK_SEGMENTS, count - done), blockCount++);
      }
      const { decay, teacher, active } = parameters[slot] as OptimizedParameter;
      const switches = (decay ? DECAYED : 0) + (teacher ? FOLLOWED : 0);
      slots.splice(slot * SLOT_COLUMNS, SLOT_COLUMNS, firstBlock, blockCount - firstBlock, active, switches);
    }
    return { ...group, tables };
  });
  return { slots, groups, blockCount };
}
