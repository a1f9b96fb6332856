/**
 * The kernel plan: which variant of the matrix product each class of shapes gets. Products of different variants
 * differ in their last bits, so a plan is chosen before a run, stored with it, and stays for all of it.
 */

import type { GemmLayout, GemmVariant } from '../kernels/gemmTypes';
import { type DeviceTraits, traitsOf, variantNamed, variantNames } from '../kernels/gemmVariants';

/** Raised when variants or classes change: plans measured with others are measured again. */
export const PLAN_VERSION = 1;

export const SHAPE_CLASSES = ['large', 'deep', 'batched', 'small'] as const;
export type ShapeClass = (typeof SHAPE_CLASSES)[number];

/** Plain data, stored as JSON with a run. */
export interface KernelPlan {
  version: number;
  /** The adapter it was made for, in its own words. */
  adapter: string;
  /** Not measured, measured now, or measured on an earlier visit. */
  origin: 'default' | 'measured' | 'stored';
  /** Name of the variant for each class. */
  gemm: Record<ShapeClass, string>;
}

/** Operations (multiply and add) below which a product is small: its tiles cannot fill an adapter. */
const SMALL = 2 ** 25;

/** The class of a call: its tiles are many, or few and deep, or split over a batch, or few and shallow. */
export function classOf({ shape, rowSums }: GemmLayout): ShapeClass {
  const { rows, columns, depth, outer = 1, inner = 1 } = shape;
  if (outer * inner > 1) return 'batched';
  if (rowSums || depth >= 4 * Math.max(rows, columns)) return 'deep';
  return 2 * rows * columns * depth < SMALL ? 'small' : 'large';
}

/** The adapter in its own words: what a stored plan is found by. */
export function adapterName(device: GPUDevice): string {
  const info = device.adapterInfo as GPUAdapterInfo | undefined;
  const words = [info?.vendor, info?.architecture, info?.device, info?.description];
  return words.filter(Boolean).join(' ') || 'unnamed adapter';
}

/**
 * The plan of an adapter that nothing was measured on. Software: on llvmpipe, with subgroups of 8, the wider tile is
 * a third faster where there is enough to do, and takes twice as long to compile; on SwiftShader, with 4, it is
 * slower. Hardware: the largest tiles, but smaller ones where there are too few to fill it.
 */
export function defaultPlan(adapter: string, traits: DeviceTraits): KernelPlan {
  const [first, second] = variantNames(traits) as [string, string | undefined];
  const small = traits.software ? first : 'tiles32x4';
  const large = traits.software && traits.subgroupLanes >= 8 && second ? second : first;
  const deep = first;
  const gemm = { large, deep, batched: small, small };
  return { version: PLAN_VERSION, adapter, origin: 'default', gemm };
}

let current: { plan: KernelPlan; device: GPUDevice } | null = null;

/** The plan in use on a device: the one that was set, else the default. */
export function kernelPlan(device: GPUDevice): KernelPlan {
  if (current?.device !== device) {
    current = { device, plan: defaultPlan(adapterName(device), traitsOf(device)) };
  }
  return current.plan;
}

/** Sets the plan of a device. Only between runs: it changes the last bits of every product. */
export function setKernelPlan(device: GPUDevice, plan: KernelPlan): void {
  variantNames(traitsOf(device));
  current = { device, plan };
}

/** The variant the plan has for a call. */
export function plannedVariant(device: GPUDevice, layout: GemmLayout): GemmVariant {
  return variantNamed(kernelPlan(device).gemm[classOf(layout)]);
}
