/** Weight files: what the rest of Pawsaur may use. */
export type { NamedTensor, SafetensorsFile, StoredTensor } from './safetensors';
export { parseSafetensors, writeSafetensors } from './safetensors';
