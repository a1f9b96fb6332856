/**
 * Where the buffers of a captured step lie. Temporaries whose lives do not meet share a slot: largest first,
 * each into the smallest slot that is free during its life (Pisarchyk & Lee 2020, greedy by size for shared
 * objects). Slots are buffers of their own: WebGPU forbids binding one buffer for reading and writing in the
 * same dispatch, so one arena with offsets would not do.
 */
import type { BufferId, RecordedOperation, Recording, Region } from './recording';

/** Where one buffer lies: in a slot of the plan, or in place of the region it would be copied to. */
export type Placement = { slot: number } | { region: Region };

export interface MemoryPlan {
  /** Bytes of each slot. */
  slots: number[];
  placements: ReadonlyMap<BufferId, Placement>;
  /** The operations that are left: copies whose source was placed at their target are gone. */
  operations: RecordedOperation[];
}

interface Life {
  id: BufferId;
  bytes: number;
  first: number;
  last: number;
}

const overlaps = (a: Region, b: Region): boolean =>
  a.buffer === b.buffer && a.offset < b.offset + b.size && b.offset < a.offset + a.size;

/** First and last operation that touches each temporary; what is kept lives on. */
function livesOf({ operations, buffers, kept }: Recording): Map<BufferId, Life> {
  const lives = new Map<BufferId, Life>();
  operations.forEach(({ reads, writes }, at) => {
    for (const id of [...reads, ...writes]) {
      const buffer = buffers[id];
      if (buffer?.kind !== 'temporary') continue;
      const life = lives.get(id) ?? { id, bytes: buffer.bytes, first: at, last: at };
      life.last = kept.has(id) ? Number.POSITIVE_INFINITY : at;
      lives.set(id, life);
    }
  });
  return lives;
}

/**
 * Temporaries that can be made where they would be copied to: a gradient is computed straight into its place.
 * Not where something else touches that place meanwhile, or where one dispatch would read and write one buffer.
 */
function placedAtTarget(recording: Recording, lives: ReadonlyMap<BufferId, Life>): Map<BufferId, Region> {
  const { operations, buffers, kept } = recording;
  const placed = new Map<BufferId, Region>();
  const regionOf = (id: BufferId): Region | undefined => {
    const buffer = buffers[id];
    return buffer?.kind === 'external' ? buffer.region : placed.get(id);
  };
  operations.forEach((operation, at) => {
    if (operation.kind !== 'copy') return;
    const [from] = operation.reads;
    const target = regionOf(operation.writes[0]);
    const life = lives.get(from);
    if (!target || !life || kept.has(from) || placed.has(from)) return;
    const safe = operations.slice(life.first, life.last + 1).every((other, i) => {
      if (other === operation) return true;
      const uses = other.reads.includes(from);
      const makes = other.writes.includes(from);
      if (makes && life.first + i > at) return false;
      const meets = (ids: readonly BufferId[], test: (region: Region) => boolean) =>
        ids.some((id) => {
          const region = id === from ? undefined : regionOf(id);
          return region !== undefined && test(region);
        });
      const sameBuffer = (region: Region) => region.buffer === target.buffer;
      if (makes && meets(other.reads, sameBuffer)) return false;
      if (uses && meets(other.writes, sameBuffer)) return false;
      return !meets([...other.reads, ...other.writes], (region) => overlaps(region, target));
    });
    if (safe) placed.set(from, target);
  });
  return placed;
}

/** Plans a recording, which should have no dead code left. */
export function planMemory(recording: Recording): MemoryPlan {
  const lives = livesOf(recording);
  const atTarget = placedAtTarget(recording, lives);
  const placements = new Map<BufferId, Placement>();
  for (const [id, region] of atTarget) placements.set(id, { region });

  const slots: Array<{ bytes: number; lives: Life[] }> = [];
  const free = ({ lives: taken }: { lives: Life[] }, life: Life) =>
    taken.every((other) => other.last < life.first || life.last < other.first);
  const largestFirst = [...lives.values()]
    .filter(({ id }) => !atTarget.has(id))
    .sort((a, b) => b.bytes - a.bytes || a.first - b.first);
  for (const life of largestFirst) {
    // Slots are made largest first too, so the last one that is free is the smallest that fits.
    const fitting = slots.findLastIndex((slot) => free(slot, life));
    const slot = fitting < 0 ? slots.push({ bytes: life.bytes, lives: [] }) - 1 : fitting;
    slots[slot]?.lives.push(life);
    placements.set(life.id, { slot });
  }
  const operations = recording.operations.filter(
    ({ kind, reads }) => kind !== 'copy' || !atTarget.has(reads[0] as BufferId),
  );
  return { slots: slots.map(({ bytes }) => bytes), placements, operations };
}
