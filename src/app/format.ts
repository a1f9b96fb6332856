/** Numbers and names as they are read, not as they are stored. */

import { shortened } from '../labels';

const grouped = new Intl.NumberFormat('en-GB');

/** 1600 → '1,600'. */
export function showCount(value: number): string {
  return grouped.format(value);
}

/** '1 picture', '1,600 pictures'. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${showCount(count)} ${count === 1 ? one : many}`;
}

/** Seconds in the coarsest unit that still says something: '40 s', '3 min', '1 h 20 min'. */
export function showDuration(seconds: number): string {
  if (seconds < 1) return 'under 1 s';
  if (seconds < 99) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} days`;
  const rest = Math.round((minutes % 60) / 10) * 10;
  if (rest === 0 || hours >= 10) return `${hours} h`;
  return rest === 60 ? `${hours + 1} h` : `${hours} h ${rest} min`;
}

/** Bytes as kilobytes, megabytes or gigabytes. */
export function showBytes(bytes: number): string {
  const megabytes = bytes / 2 ** 20;
  if (megabytes < 0.1) return `${Math.ceil(bytes / 2 ** 10)} kB`;
  if (megabytes < 1000) return `${megabytes < 10 ? megabytes.toFixed(1) : Math.round(megabytes)} MB`;
  return `${(megabytes / 1024).toFixed(1)} GB`;
}

/** Milliseconds of a step: '78 ms', '1.4 s'. */
export function showMs(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A rate with as many digits as it deserves. */
export function showRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : showCount(Math.round(perSecond));
}

/** Weights of a network: '281 thousand', '5.5 million'. */
export function showWeights(count: number): string {
  if (count < 1e6) return `${showCount(Math.max(1, Math.round(count / 1e3)))} thousand`;
  return `${(count / 1e6).toFixed(1)} million`;
}

/** A name that somebody gave, in a sentence: in quotes, short, and unable to turn the text around it about. */
export function showName(name: string): string {
  return `‘\u2068${shortened(name, 60)}\u2069’`;
}
