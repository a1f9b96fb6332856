/**
 * What dispatches of our kernels need on the device and keep for ever: a pipeline for each kernel, a uniform
 * block for each set of shapes.
 */
import { PawsaurError } from '../platform/errors';
import type { Kernel, Program } from './kernel';

export type UniformValues = Readonly<Record<string, number>>;

const MAX_GROUPS_PER_DIMENSION = 65535;

/** Workgroups of a dispatch over `count` threads or groups; a long row of them is folded. */
export function workgroupsOf(kernel: Kernel, count: number): [number, number] {
  const lanes = kernel.mode === 'groups' ? 1 : (kernel.workgroupSize ?? 64);
  const groups = Math.ceil(count / lanes);
  const rows = Math.ceil(groups / MAX_GROUPS_PER_DIMENSION);
  return [rows === 1 ? groups : Math.ceil(groups / rows), rows];
}

/** The module that does `count` threads or groups of a kernel. */
export function programOf(kernel: Kernel, count: number): Program {
  return count <= MAX_GROUPS_PER_DIMENSION ? kernel.straight : kernel.folded;
}

export class KernelCache {
  private readonly pipelines = new Map<Program, GPUComputePipeline>();
  private readonly compiling = new Map<Program, Promise<GPUComputePipeline>>();
  private readonly uniformBlocks = new Map<string, GPUBuffer>();

  constructor(private readonly device: GPUDevice) {}

  /** The pipeline of a program, compiled here and now where it is new. */
  pipeline(program: Program): GPUComputePipeline {
    let pipeline = this.pipelines.get(program);
    if (!pipeline) {
      pipeline = this.device.createComputePipeline(this.describe(program));
      this.pipelines.set(program, pipeline);
    }
    return pipeline;
  }

  /** The same without waiting: many programs compile side by side. One promise for a program, always. */
  compile(program: Program): Promise<GPUComputePipeline> {
    let pending = this.compiling.get(program);
    if (!pending) {
      const known = this.pipelines.get(program);
      pending = known
        ? Promise.resolve(known)
        : this.device.createComputePipelineAsync(this.describe(program)).then((pipeline) => {
            this.pipelines.set(program, pipeline);
            return pipeline;
          });
      // Whoever waits for it hears of a failure; nobody waits for what turns out to be unused.
      pending.catch(() => undefined);
      this.compiling.set(program, pending);
    }
    return pending;
  }

  /** The uniform block of one dispatch. */
  uniforms(kernel: Kernel, uniforms: UniformValues, count: number): GPUBuffer {
    const values = kernel.uniformNames.map((name) => {
      const value = name === 'count' ? count : uniforms[name];
      if (value === undefined) {
        throw new PawsaurError('engine', `Kernel ${kernel.name} misses its uniform ${name}.`);
      }
      return value;
    });
    return this.pin(`${kernel.uniformTypes.join('')} ${values.join(' ')}`, () => {
      const bytes = new DataView(new ArrayBuffer(Math.ceil(values.length / 4) * 16));
      values.forEach((value, i) => {
        if (kernel.uniformTypes[i] === 'f32') bytes.setFloat32(4 * i, value, true);
        else bytes.setUint32(4 * i, value, true);
      });
      return bytes.buffer;
    });
  }

  /** Uniforms are shapes, so the same few come back every step: each block is uploaded once, and stays. */
  pin(key: string, pack: () => ArrayBuffer): GPUBuffer {
    let buffer = this.uniformBlocks.get(key);
    if (!buffer) {
      const bytes = pack();
      buffer = this.device.createBuffer({
        size: bytes.byteLength,
        usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
      });
      this.device.queue.writeBuffer(buffer, 0, bytes);
      this.uniformBlocks.set(key, buffer);
    }
    return buffer;
  }

  dispose(): void {
    for (const buffer of this.uniformBlocks.values()) buffer.destroy();
    this.uniformBlocks.clear();
  }

  private describe({ name, code }: Program): GPUComputePipelineDescriptor {
    const module = this.device.createShaderModule({ label: name, code });
    return { label: name, layout: 'auto', compute: { module, entryPoint: 'main' } };
  }
}
