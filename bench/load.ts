/** Loading contenders: their modules first, so that only their own start is timed. */
import type { Contender, ContenderName } from './contender';

export type Loaders = Readonly<Partial<Record<ContenderName, () => Promise<() => Promise<Contender>>>>>;

/**
 * Those that run on WebGPU, in a page as in Node. tfjs comes first: it takes its own backend before our engine
 * puts another in its place.
 */
export const webLoaders: Loaders = {
  tfjs: async () => (await import('./peers/tfjs/start')).startTfjs,
  ours: async () => (await import('./ours')).startOurs,
  jaxjs: async () => (await import('./peers/jax/start')).startJax,
};
