/** The variants of the matrix product that a device can run, by name. */
import { lanesVariant } from './gemmLanes';
import { registers } from './gemmRegisters';
import type { GemmVariant } from './gemmTypes';

/** What of a device decides which variants it can run. */
export interface DeviceTraits {
  /** Lanes of every subgroup, where the device has subgroups and all are equally wide; else 0. */
  subgroupLanes: number;
  /** The adapter computes on the CPU. */
  software: boolean;
}

const SOFTWARE = /llvmpipe|lavapipe|softpipe|swiftshader|software|warp|basic render/i;

export function traitsOf(device: GPUDevice): DeviceTraits {
  const info = device.adapterInfo as GPUAdapterInfo | undefined;
  const { subgroupMinSize: least = 0, subgroupMaxSize: most = 0 } = info ?? {};
  const words = [info?.vendor, info?.architecture, info?.device, info?.description].join(' ');
  return {
    subgroupLanes: device.features.has('subgroups') && least === most ? least : 0,
    software: info?.isFallbackAdapter === true || SOFTWARE.test(words),
  };
}

/** Rows of a tile of the subgroup variants that are tried: more do more work a load, fewer fit small products. */
const LANES_ROWS = [16, 32];

const known = new Map<string, GemmVariant>([[registers.name, registers]]);

/** Names of the variants that are worth measuring on a device; the first always runs. */
export function variantNames(traits: DeviceTraits): string[] {
  const lanes = traits.subgroupLanes;
  const names = [registers.name];
  if (lanes < 4 || lanes > 32) return names;
  for (const rows of LANES_ROWS) {
    if (rows % lanes !== 0) continue;
    const variant = lanesVariant(lanes, rows);
    if (!known.has(variant.name)) known.set(variant.name, variant);
    names.push(variant.name);
  }
  return names;
}

/** The variant of a name, or the one that always runs where the name is unknown here. */
export function variantNamed(name: string): GemmVariant {
  return known.get(name) ?? registers;
}
