/**
 * The kernel builder: a compute kernel is data (names of its buffers and uniforms, and a WGSL body), and one
 * builder turns it into a shader module. Kernels that belong to one method, optimiser or augmentation live
 * beside it and are defined with this builder; general ones live in `engine/kernels`.
 *
 * Two rules keep every kernel fit for being captured and replayed:
 * uniforms hold shapes only (whatever changes from step to step comes in through a buffer), and no kernel
 * uses float atomics (two identical runs must give identical bits).
 */

type Scalar = 'f32' | 'i32' | 'u32';

/** A buffer or uniform: `name` (f32 for buffers, u32 for uniforms) or `name:type`. */
type Declaration = string;

export interface KernelSpec {
  readonly name: string;
  /** Read-only storage buffers. */
  readonly reads: readonly Declaration[];
  /** Read-write storage buffers (outputs, or state updated in place). */
  readonly writes: readonly Declaration[];
  /** Shape constants, available in the body as `u.name`. */
  readonly uniforms: readonly Declaration[];
  /**
   * `threads`: the body runs once per `index` in [0, count). `groups`: the body runs in every one of
   * `workgroupSize` lanes (`lane`) of each `group` in [0, count), and may use workgroup memory and barriers.
   */
  readonly mode?: 'threads' | 'groups';
  /** Lanes of a workgroup; 64 unless told. */
  readonly workgroupSize?: number;
  /** What a WGSL module begins with, e.g. `enable subgroups;`. */
  readonly directives?: string;
  /** WGSL at module scope: functions, constants, workgroup variables. */
  readonly declarations?: string;
  /** WGSL statements. */
  readonly body: string;
}

/** A WGSL module, compiled once. */
export interface Program {
  readonly name: string;
  readonly code: string;
}

export interface Kernel extends KernelSpec {
  /** For any count: a long row of workgroups is folded, and those beyond the count leave at once. */
  readonly folded: Program;
  /** For counts of `groups` that fit one row: every workgroup works, and no load has to ask whether it does. */
  readonly straight: Program;
  readonly uniformTypes: readonly Scalar[];
  readonly uniformNames: readonly string[];
}

function split(declaration: Declaration, fallback: Scalar): { name: string; type: Scalar } {
  const [name, type] = declaration.split(':');
  return { name: name as string, type: (type as Scalar | undefined) ?? fallback };
}

/** Builds the WGSL module of a kernel. Bindings are numbered reads, writes, uniforms. */
export function defineKernel(spec: KernelSpec): Kernel {
  const lanes = spec.workgroupSize ?? 64;
  const buffers = [
    ...spec.reads.map((r) => ({ ...split(r, 'f32'), access: 'read' })),
    ...spec.writes.map((w) => ({ ...split(w, 'f32'), access: 'read_write' })),
  ];
  const uniforms = ['count', ...spec.uniforms].map((d) => split(d, 'u32'));
  const bindings = buffers
    .map((b, i) => `@group(0) @binding(${i}) var<storage, ${b.access}> ${b.name}: array<${b.type}>;`)
    .join('\n');
  const program = (start: string): Program => ({
    name: spec.name,
    code: `${spec.directives ?? ''}
struct Uniforms { ${uniforms.map((f) => `${f.name}: ${f.type}`).join(', ')} }
${bindings}
@group(0) @binding(${buffers.length}) var<uniform> u: Uniforms;
${spec.declarations ?? ''}
@compute @workgroup_size(${lanes})
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(num_workgroups) workgroups: vec3u,
        @builtin(local_invocation_index) lane: u32) {
  ${start}
  ${spec.body}
}`,
  });
  const folded = program(
    spec.mode === 'groups'
      ? `let group = workgroup.x + workgroup.y * workgroups.x;
  if (group >= u.count) { return; }`
      : `let index = (workgroup.x + workgroup.y * workgroups.x) * ${lanes}u + lane;
  if (index >= u.count) { return; }`,
  );
  return {
    ...spec,
    folded,
    // The block of uniforms stays bound, whatever the body uses of it.
    straight: spec.mode === 'groups' ? program('let group = workgroup.x;\n  _ = u.count;') : folded,
    uniformTypes: uniforms.map((f) => f.type),
    uniformNames: uniforms.map((f) => f.name),
  };
}
