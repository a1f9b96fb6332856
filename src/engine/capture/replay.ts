/**
 * Plays a recording: buffers and bind groups are made once, and every run encodes the same dispatches again, in
 * as many submits as the pacer asks for.
 */
import type * as tf from '@tensorflow/tfjs-core';
import { PawsaurError } from '../../platform/errors';
import { Arena, ArenaLayout, maxChunkBytes } from '../arena';
import type { PawsaurBackend } from '../backend';
import type { MemoryPlan } from './memoryPlan';
import { Pacer } from './pacing';
import { type Reading, ReadRing } from './readRing';
import {
  type BufferId,
  type RecordedDispatch,
  type Recording,
  type Region,
  usedConstants,
} from './recording';

/** One operation of a profiled step. */
export interface OperationTime {
  name: string;
  ms: number;
}

interface DispatchCommand {
  name: string;
  pipeline: GPUComputePipeline;
  bindGroup: GPUBindGroup;
  groups: readonly [number, number, number];
}
interface CopyCommand {
  name: string;
  from: Region;
  to: Region;
}
type Command = DispatchCommand | CopyCommand;

export interface BuildOptions {
  /** Told while kernels compile. */
  onProgress?: (compiled: number, total: number) => void;
  /** Gives up before memory is taken. */
  signal?: AbortSignal;
}

/** WebGPU's limit on the queries of one set. */
const MAX_QUERIES = 4096;

export class Replay {
  private readonly pacer: Pacer;
  private ring: ReadRing | null = null;
  /** When the latest run known to be done was done, ms. */
  private doneAt = 0;
  /** Whether a run that weighs the operations has been sent. */
  private weighing = false;

  private constructor(
    private readonly backend: PawsaurBackend,
    private readonly commands: readonly Command[],
    private readonly allocation: Allocation,
  ) {
    this.pacer = new Pacer(commands.length);
  }

  /** Waits for the kernels and makes the buffers of a plan. Rejects when a kernel does not compile or memory is short. */
  static async build(
    backend: PawsaurBackend,
    plan: MemoryPlan,
    recording: Recording,
    { onProgress, signal }: BuildOptions = {},
  ): Promise<Replay> {
    const dispatches = plan.operations.filter((operation) => operation.kind === 'dispatch');
    const pipelines = await compileAll(dispatches, onProgress);
    signal?.throwIfAborted();
    backend.device.pushErrorScope('out-of-memory');
    const allocation = allocate(backend, plan, recording);
    const shortage = await backend.device.popErrorScope();
    if (shortage) {
      const bytes = plan.slots.reduce((sum, size) => sum + size, 0);
      free(backend, allocation);
      throw new PawsaurError(
        'memory/step',
        `The graphics device has no room for the ${Math.ceil(bytes / 2 ** 20)} MB that a step needs.`,
        'Nothing was changed. Use a smaller batch, or close other pages that use the graphics device.',
      );
    }
    const regionOf = (id: BufferId) => allocation.regions.get(id) as Region;
    const commands = plan.operations.map((operation): Command => {
      if (operation.kind === 'copy') {
        return { name: 'copy', from: regionOf(operation.reads[0]), to: regionOf(operation.writes[0]) };
      }
      const pipeline = pipelines.get(operation) as GPUComputePipeline;
      const resources = [...operation.bindings.map(regionOf), operation.uniforms as GPUBufferBinding];
      const bindGroup = backend.device.createBindGroup({
        layout: pipeline.getBindGroupLayout(0),
        entries: resources.map((resource, binding) => ({ binding, resource })),
      });
      return { name: operation.name, pipeline, bindGroup, groups: operation.groups };
    });
    return new Replay(backend, commands, allocation);
  }

  /** Where a recorded buffer lies. */
  regionOf(id: BufferId): Region {
    return this.allocation.regions.get(id) as Region;
  }

  /** Declares what every run answers with. */
  readAfter(outputs: Record<string, tf.Tensor>): void {
    this.ring = new ReadRing(this.backend, outputs);
  }

  /** Sends all operations; answers with what `readAfter` declared when they are done. */
  async run(): Promise<Record<string, Float32Array>> {
    if (this.pacer.wantsProfile && this.canProfile && !this.weighing) {
      this.weighing = true;
      const { values, times } = this.sendTimed();
      const [answer, ms] = await Promise.all([values, times]);
      this.pacer.weigh(ms);
      return answer;
    }
    const startedAt = performance.now();
    const values = await this.send();
    const now = performance.now();
    this.pacer.observe(now - Math.max(startedAt, this.doneAt));
    this.doneAt = now;
    return values;
  }

  /** A run with every operation timed by the device; null where it has no timestamps. */
  async profile(): Promise<OperationTime[] | null> {
    if (!this.canProfile) {
      await this.send();
      return null;
    }
    const { values, times } = this.sendTimed();
    const [, ms] = await Promise.all([values, times]);
    return this.commands.map(({ name }, i) => ({ name, ms: ms[i] as number }));
  }

  dispose(): void {
    this.ring?.dispose();
    free(this.backend, this.allocation);
  }

  private get canProfile(): boolean {
    return this.backend.device.features.has('timestamp-query') && 2 * this.commands.length <= MAX_QUERIES;
  }

  private send(): Promise<Record<string, Float32Array>> {
    this.backend.flush();
    const { device, queue } = this.backend;
    const { ends } = this.pacer;
    let at = 0;
    let reading: Reading | undefined;
    for (const end of ends) {
      const encoder = device.createCommandEncoder();
      this.encode(encoder, at, end);
      at = end;
      if (end === ends.at(-1)) reading = this.ring?.encode(encoder);
      queue.submit([encoder.finish()]);
    }
    return reading?.values() ?? Promise.resolve({});
  }

  /** Operations from `at` up to `end`, as many as possible in one pass. */
  private encode(encoder: GPUCommandEncoder, at: number, end: number): void {
    let pass: GPUComputePassEncoder | null = null;
    for (let i = at; i < end; i++) {
      const command = this.commands[i] as Command;
      if ('from' in command) {
        pass?.end();
        pass = null;
        copyRegion(encoder, command.from, command.to);
        continue;
      }
      pass ??= encoder.beginComputePass();
      dispatch(pass, command);
    }
    pass?.end();
  }

  /** Operation `i` in a pass of its own, between two timestamps. */
  private encodeTimed(encoder: GPUCommandEncoder, i: number, querySet: GPUQuerySet): void {
    const command = this.commands[i] as Command;
    if ('from' in command) {
      copyRegion(encoder, command.from, command.to);
      return;
    }
    const [beginningOfPassWriteIndex, endOfPassWriteIndex] = [2 * i, 2 * i + 1];
    const timestampWrites = { querySet, beginningOfPassWriteIndex, endOfPassWriteIndex };
    const pass = encoder.beginComputePass({ timestampWrites });
    dispatch(pass, command);
    pass.end();
  }

  /** A run with every operation timed, in submits as ever. */
  private sendTimed(): { values: Promise<Record<string, Float32Array>>; times: Promise<number[]> } {
    const { device, queue } = this.backend;
    this.backend.flush();
    const count = 2 * this.commands.length;
    const querySet = device.createQuerySet({ type: 'timestamp', count });
    const usage = GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC;
    const resolved = device.createBuffer({ size: 8 * count, usage });
    const staging = device.createBuffer({
      size: 8 * count,
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
    const { ends } = this.pacer;
    let at = 0;
    let reading: Reading | undefined;
    for (const end of ends) {
      const encoder = device.createCommandEncoder();
      for (; at < end; at++) this.encodeTimed(encoder, at, querySet);
      if (end === ends.at(-1)) {
        encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
        encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count);
        reading = this.ring?.encode(encoder);
      }
      queue.submit([encoder.finish()]);
    }
    const times = staging.mapAsync(GPUMapMode.READ).then(() => {
      const stamps = new BigUint64Array(staging.getMappedRange());
      const ms = this.commands.map((command, i) =>
        'from' in command ? 0 : Number((stamps[2 * i + 1] as bigint) - (stamps[2 * i] as bigint)) / 1e6,
      );
      querySet.destroy();
      resolved.destroy();
      staging.destroy();
      return ms;
    });
    return { values: reading?.values() ?? Promise.resolve({}), times };
  }
}

function dispatch(pass: GPUComputePassEncoder, { pipeline, bindGroup, groups }: DispatchCommand): void {
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, bindGroup);
  pass.dispatchWorkgroups(...groups);
}

function copyRegion(encoder: GPUCommandEncoder, from: Region, to: Region): void {
  encoder.copyBufferToBuffer(from.buffer, from.offset, to.buffer, to.offset, to.size);
}

/** All pipelines, compiled side by side. */
async function compileAll(
  dispatches: readonly RecordedDispatch[],
  onProgress?: BuildOptions['onProgress'],
): Promise<ReadonlyMap<RecordedDispatch, GPUComputePipeline>> {
  const distinct = new Set(dispatches.map(({ pipeline }) => pipeline));
  let done = 0;
  onProgress?.(0, distinct.size);
  await Promise.all(
    [...distinct].map(async (pipeline) => {
      await pipeline;
      done++;
      onProgress?.(done, distinct.size);
    }),
  );
  const ready = dispatches.map(
    async (dispatched) => [dispatched, (await dispatched.pipeline) as GPUComputePipeline] as const,
  );
  return new Map(await Promise.all(ready));
}

/** Where the constants of a recording lie. */
export function constantLayout(
  backend: PawsaurBackend,
  constants: ReturnType<typeof usedConstants>,
): ArenaLayout {
  return new ArenaLayout(
    constants.map(({ bytes }) => ({ shape: [bytes / 4] })),
    maxChunkBytes(backend),
  );
}

/** The buffers of a replay. */
interface Allocation {
  slots: GPUBuffer[];
  constants: Arena;
  /** Where every recorded buffer lies. */
  regions: ReadonlyMap<BufferId, Region>;
}

function allocate(backend: PawsaurBackend, plan: MemoryPlan, recording: Recording): Allocation {
  const slots = plan.slots.map((bytes) => backend.createBuffer(bytes, 'slot'));
  const used = usedConstants(recording);
  const values = used.map((constant) => constant.values);
  const constants = new Arena(backend, constantLayout(backend, used), values);
  const regions = new Map<BufferId, Region>();
  used.forEach(({ id }, i) => {
    regions.set(id, backend.bindingOf(constants.tensors[i] as tf.Tensor));
  });
  recording.buffers.forEach((buffer, id) => {
    if (buffer.kind === 'external') regions.set(id, buffer.region);
    const placement = plan.placements.get(id);
    if (!placement) return;
    const region =
      'region' in placement ? placement.region : { buffer: slots[placement.slot] as GPUBuffer, offset: 0 };
    regions.set(id, { ...region, size: buffer.bytes });
  });
  return { slots, constants, regions };
}

function free(backend: PawsaurBackend, { slots, constants }: Allocation): void {
  for (const buffer of slots) backend.destroyBuffer(buffer);
  constants.dispose();
}
