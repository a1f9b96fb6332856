/** Named recipes of every method. */
import { dinoPresets } from './dino';
import { pawsPresets, supervisedPresets, swavPresets } from './labelled';
import type { Preset } from './preset';

export { type ColourSide, colourSide, colourSwitch } from './dino';
export type { Preset } from './preset';

/** All presets, the default one first. */
export const presets: readonly Preset[] = [
  ...dinoPresets,
  ...pawsPresets,
  ...swavPresets,
  ...supervisedPresets,
];

/** The preset a visitor starts with. */
export const defaultPreset: Preset = dinoPresets[0];

/** The preset of that name, if there is one. */
export function findPreset(name: string): Preset | undefined {
  return presets.find((candidate) => candidate.name === name);
}
