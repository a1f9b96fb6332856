/** What a header tells, gathered while it is read, so that a file cut short still tells what came before the cut. */
import type { Conversion } from '../../importing/report';

/** Facts of a picture as its header states them, of which nothing is proven until it is decoded. */
export interface HeaderFacts {
  /** As stored, before any turn; null as long as it was not found. */
  size: { width: number; height: number } | null;
  /** Whether a quarter turn makes it upright, so that width and height change places. */
  turned: boolean;
  /** What has to be changed about it to make it 8-bit colour, opaque, a single frame. */
  conversions: Set<Conversion>;
}

/** Reads one kind of header into `facts`; a `RangeError` says that it runs on behind the bytes of `view`. */
export type HeaderReader = (view: DataView, facts: HeaderFacts) => void;

/**
 * Segments, chunks or blocks that are walked over in one header. A header of 16 MB is well within them, as long as it
 * is not made of the smallest there are.
 */
export const mostSteps = 100_000;

/** The `length` characters at `at`, each a byte. */
export function textAt(view: DataView, at: number, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) text += String.fromCharCode(view.getUint8(at + i));
  return text;
}
