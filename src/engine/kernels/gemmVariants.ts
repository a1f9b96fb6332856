/** The variants of the matrix product that a device can run, by name. */
import { lanesVariant } from './gemmLanes';
import { registers } from './gemmRegisters';
import { tilesVariant } from './gemmTiles';
import type { GemmVariant } from './gemmTypes';

/** What of a device decides which variants it can run. */
export interface DeviceTraits {
  /** Lanes of every subgroup, where the device has subgroups and all are equally wide; else 0. */
  subgroupLanes: number;
  /** The adapter computes on the CPU. */
  software: boolean;
  /** The device computes in half precision. */
  half: boolean;
}

const SOFTWARE = /llvmpipe|lavapipe|softpipe|swiftshader|software|warp|basic render/i;

export function traitsOf(device: GPUDevice): DeviceTraits {
  const info = device.adapterInfo as GPUAdapterInfo | undefined;
  const { subgroupMinSize: least = 0, subgroupMaxSize: most = 0 } = info ?? {};
  const words = [info?.vendor, info?.architecture, info?.device, info?.description].join(' ');
  return {
    subgroupLanes: device.features.has('subgroups') && least === most ? least : 0,
    software: info?.isFallbackAdapter === true || SOFTWARE.test(words),
    half: device.features.has('shader-f16'),
  };
}

/** Rows of a tile of the subgroup variants: more do more work a load, fewer fit small products. */
const LANES_ROWS = [16, 32];

const TILES = [
  { side: 64, perLane: 4 },
  { side: 64, perLane: 8 },
  { side: 32, perLane: 4 },
] as const;

/** The first always runs, everywhere. */
const everywhere = [registers, ...TILES.map((options) => tilesVariant(options))];
const half = TILES.map((options) => tilesVariant({ ...options, half: true }));
const known = new Map<string, GemmVariant>([...everywhere, ...half].map((v) => [v.name, v]));

/** The subgroup variants of a device. */
function lanesNames({ subgroupLanes: lanes }: DeviceTraits): string[] {
  if (lanes < 4 || lanes > 32) return [];
  return LANES_ROWS.filter((rows) => rows % lanes === 0).map((rows) => {
    const name = `lanes${lanes}x${rows}`;
    if (!known.has(name)) known.set(name, lanesVariant(lanes, rows));
    return name;
  });
}

/**
 * Names of the variants that are worth measuring on a device, the likeliest first.
 * @param half also those with half-precision products
 */
export function variantNames(traits: DeviceTraits, withHalf = false): string[] {
  const lanes = lanesNames(traits);
  // Workgroup memory and barriers gain nothing where the lanes of a workgroup run one after the other.
  if (traits.software) return [...lanes, registers.name];
  const tiles = everywhere.slice(1).map((v) => v.name);
  const halves = withHalf && traits.half ? half.map((v) => v.name) : [];
  return [...tiles, ...halves, ...lanes, registers.name];
}

/** The variant of a name, or the one that runs everywhere where the name is unknown here. */
export function variantNamed(name: string): GemmVariant {
  return known.get(name) ?? registers;
}
