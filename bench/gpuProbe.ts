/**
 * Counts what any WebGPU program does, at WebGPU's own interface, so that every contender is measured by the
 * same ruler: dispatches, bytes of live buffers, and the GPU's time per pass or per kernel from timestamps.
 */

interface DeviceCounts {
  dispatches: number;
  liveBytes: number;
  /** Most bytes live at once since `resetPeak`. */
  peakBytes: number;
}

/** GPU time of one kernel (or of whole passes) within a recorded stretch. */
export interface KernelTime {
  name: string;
  ms: number;
  dispatches: number;
}

const QUERIES = 4096;

interface Recording {
  device: GPUDevice;
  /** Whether each dispatch gets a pass of its own. */
  byKernel: boolean;
  sets: GPUQuerySet[];
  /** What the i-th pair of timestamps encloses. */
  labels: string[];
}

const counts = new WeakMap<GPUDevice, DeviceCounts>();
let recording: Recording | null = null;
let submittedAt = 0;

/** When any device was last given work, on `performance.now`'s clock. */
export const lastSubmit = (): number => submittedAt;

/** Counts of a device since it was made. */
export function countsOf(device: GPUDevice): DeviceCounts {
  let entry = counts.get(device);
  if (!entry) {
    entry = { dispatches: 0, liveBytes: 0, peakBytes: 0 };
    counts.set(device, entry);
  }
  return entry;
}

/** Starts a new peak at what is live now. */
export function resetPeak(device: GPUDevice): void {
  const entry = countsOf(device);
  entry.peakBytes = entry.liveBytes;
}

/** Two neighbouring places for timestamps. */
function timestamps(active: Recording, label: string): GPUComputePassTimestampWrites {
  const at = 2 * active.labels.length;
  if (at % QUERIES === 0)
    active.sets.push(active.device.createQuerySet({ type: 'timestamp', count: QUERIES }));
  active.labels.push(label);
  return {
    querySet: active.sets[active.sets.length - 1],
    beginningOfPassWriteIndex: at % QUERIES,
    endOfPassWriteIndex: (at % QUERIES) + 1,
  };
}

/**
 * A pass that makes a pass of its own of every dispatch, which is how each kernel gets timestamps of its own.
 * Pipeline and bind groups are set again for each.
 */
function splitPass(
  begin: (descriptor: GPUComputePassDescriptor) => GPUComputePassEncoder,
  active: Recording,
): GPUComputePassEncoder {
  let pipeline: GPUComputePipeline | null = null;
  const groups = new Map<number, unknown[]>();
  const pass = {
    setPipeline(next: GPUComputePipeline) {
      pipeline = next;
    },
    setBindGroup(index: number, ...rest: unknown[]) {
      groups.set(index, rest);
    },
    dispatchWorkgroups(...size: [number, number?, number?]) {
      const one = begin({ timestampWrites: timestamps(active, pipeline?.label || 'unnamed') });
      one.setPipeline(pipeline as GPUComputePipeline);
      for (const [index, rest] of groups) one.setBindGroup(index, ...(rest as [GPUBindGroup]));
      one.dispatchWorkgroups(...size);
      one.end();
    },
    end() {},
    pushDebugGroup() {},
    popDebugGroup() {},
    insertDebugMarker() {},
  };
  return pass as unknown as GPUComputePassEncoder;
}

/** Puts the counters into WebGPU's classes. Call once, before any device is made. */
export function installGpuProbe(): void {
  const deviceOfEncoder = new WeakMap<GPUCommandEncoder, GPUDevice>();
  const deviceOfPass = new WeakMap<GPUComputePassEncoder, GPUDevice>();
  const owners = new WeakMap<GPUBuffer, GPUDevice>();

  const { createBuffer, createCommandEncoder, createComputePipeline, createComputePipelineAsync } =
    GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    const entry = countsOf(this);
    entry.liveBytes += descriptor.size;
    entry.peakBytes = Math.max(entry.peakBytes, entry.liveBytes);
    owners.set(buffer, this);
    return buffer;
  };
  GPUDevice.prototype.createCommandEncoder = function (descriptor) {
    const encoder = createCommandEncoder.call(this, descriptor);
    deviceOfEncoder.set(encoder, this);
    return encoder;
  };
  // Where a program gives no label, the shader's may tell more than nothing.
  const labelled = (descriptor: GPUComputePipelineDescriptor): GPUComputePipelineDescriptor =>
    descriptor.label ? descriptor : { ...descriptor, label: descriptor.compute.module.label };
  GPUDevice.prototype.createComputePipeline = function (descriptor) {
    return createComputePipeline.call(this, labelled(descriptor));
  };
  GPUDevice.prototype.createComputePipelineAsync = function (descriptor) {
    return createComputePipelineAsync.call(this, labelled(descriptor));
  };

  const { destroy } = GPUBuffer.prototype;
  GPUBuffer.prototype.destroy = function () {
    const owner = owners.get(this);
    if (owner) countsOf(owner).liveBytes -= this.size;
    owners.delete(this);
    return destroy.call(this);
  };

  const { submit } = GPUQueue.prototype;
  GPUQueue.prototype.submit = function (buffers) {
    submit.call(this, buffers);
    submittedAt = performance.now();
  };

  const { beginComputePass } = GPUCommandEncoder.prototype;
  GPUCommandEncoder.prototype.beginComputePass = function (descriptor) {
    const device = deviceOfEncoder.get(this) as GPUDevice;
    const active = recording?.device === device ? recording : null;
    if (active?.byKernel) {
      return splitPass((own) => {
        const pass = beginComputePass.call(this, own);
        deviceOfPass.set(pass, device);
        return pass;
      }, active);
    }
    const pass = beginComputePass.call(
      this,
      active ? { ...descriptor, timestampWrites: timestamps(active, 'pass') } : descriptor,
    );
    deviceOfPass.set(pass, device);
    return pass;
  };

  const { dispatchWorkgroups } = GPUComputePassEncoder.prototype;
  GPUComputePassEncoder.prototype.dispatchWorkgroups = function (...size) {
    const device = deviceOfPass.get(this);
    if (device) countsOf(device).dispatches++;
    return dispatchWorkgroups.apply(this, size);
  };
}

/**
 * How long each of these passes took, ms, from its begin and end in ns: where one was begun before another was
 * done (submits overlap), the time until then counts for the other.
 */
export function ownTimes(stamps: BigUint64Array): number[] {
  const all: number[] = [];
  let done = 0n;
  for (let i = 0; i < stamps.length; i += 2) {
    const begun = stamps[i] > done ? stamps[i] : done;
    const ended = stamps[i + 1] > begun ? stamps[i + 1] : begun;
    all.push(Number(ended - begun) / 1e6);
    done = ended;
  }
  return all;
}

/** The begins and ends that were recorded, in order. */
async function readStamps({ device, sets, labels }: Recording): Promise<BigUint64Array> {
  const all = new BigUint64Array(2 * labels.length);
  for (const [i, querySet] of sets.entries()) {
    const count = Math.min(QUERIES, all.length - i * QUERIES);
    const resolved = device.createBuffer({
      size: 8 * count,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
    const staging = device.createBuffer({
      size: 8 * count,
      usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ,
    });
    const encoder = device.createCommandEncoder();
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    all.set(new BigUint64Array(staging.getMappedRange()), i * QUERIES);
    for (const buffer of [resolved, staging]) buffer.destroy();
    querySet.destroy();
  }
  return all;
}

/**
 * Runs `work` with timestamps around every pass of `device`, or around every dispatch.
 * @returns GPU time by label, longest first; null where the device has no timestamps
 */
export async function recordGpuTime(
  device: GPUDevice,
  byKernel: boolean,
  work: () => Promise<unknown>,
): Promise<KernelTime[] | null> {
  if (!device.features.has('timestamp-query')) return null;
  const active: Recording = { device, byKernel, sets: [], labels: [] };
  recording = active;
  try {
    await work();
  } finally {
    recording = null;
  }
  const times = new Map<string, KernelTime>();
  for (const [i, ms] of ownTimes(await readStamps(active)).entries()) {
    const name = active.labels[i];
    const entry = times.get(name) ?? { name, ms: 0, dispatches: 0 };
    times.set(name, { name, ms: entry.ms + ms, dispatches: entry.dispatches + 1 });
  }
  return [...times.values()].sort((a, b) => b.ms - a.ms);
}
