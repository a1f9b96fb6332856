/**
 * Kernels over rows (normalisations, softmax): one body, built twice. One thread per row is what software
 * adapters run fastest; a GPU wants many lanes side by side on one row, whose sums meet in workgroup memory.
 */
import { webgpu } from '../backend';
import { defineKernel, type Kernel, type KernelSpec } from '../kernel';
import { traitsOf } from './gemmVariants';

const LANES = 32;

/**
 * In the body: `row`; elements are visited by `for (var i = lane; i < u.width; i += LANES)`, and `total(v)` and
 * `greatest(v)` combine the lanes' values (all lanes must reach them). One lane writes what belongs to the row:
 * `if (lane == 0u)`. After `settle()` all lanes see what the others wrote.
 */
type RowKernelSpec = Omit<KernelSpec, 'mode' | 'workgroupSize'>;

export interface RowKernel {
  /** One thread per row. */
  readonly serial: Kernel;
  /** One workgroup of `LANES` lanes per row. */
  readonly parallel: Kernel;
}

const alone = `
const LANES = 1u;
fn settle() {}
fn combine(value: f32, lane: u32, most: bool) -> f32 { return value; }`;

const together = `
const LANES = ${LANES}u;
var<workgroup> lanes: array<f32, ${LANES}>;
fn settle() { storageBarrier(); }
fn combine(value: f32, lane: u32, most: bool) -> f32 {
  lanes[lane] = value;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half >>= 1u) {
    if (lane < half) {
      lanes[lane] = select(lanes[lane] + lanes[lane + half], max(lanes[lane], lanes[lane + half]), most);
    }
    workgroupBarrier();
  }
  let result = lanes[0];
  workgroupBarrier();
  return result;
}`;

export function defineRowKernel(spec: RowKernelSpec): RowKernel {
  const body = spec.body
    .replaceAll(/\btotal\(/g, 'combine_total(lane, ')
    .replaceAll(/\bgreatest\(/g, 'combine_greatest(lane, ');
  const declarations = `
fn combine_total(lane: u32, value: f32) -> f32 { return combine(value, lane, false); }
fn combine_greatest(lane: u32, value: f32) -> f32 { return combine(value, lane, true); }
${spec.declarations ?? ''}`;
  return {
    serial: defineKernel({
      ...spec,
      declarations: alone + declarations,
      body: `{ let row = index; let lane = 0u; ${body} }`,
    }),
    parallel: defineKernel({
      ...spec,
      name: `${spec.name}_lanes`,
      mode: 'groups',
      workgroupSize: LANES,
      declarations: together + declarations,
      body: `let row = group; ${body}`,
    }),
  };
}

let forced: keyof RowKernel | null = null;

/** Takes one of the two forms from now on, whatever the adapter is; null leaves the choice to it. For tests. */
export function forceRowKernels(form: keyof RowKernel | null): void {
  forced = form;
}

function suitsAdapter(): keyof RowKernel {
  const backend = webgpu();
  return backend && traitsOf(backend.device).software ? 'serial' : 'parallel';
}

/** The form of the kernel for the adapter in use. */
export function onRows(kernel: RowKernel): Kernel {
  return kernel[forced ?? suitsAdapter()];
}
