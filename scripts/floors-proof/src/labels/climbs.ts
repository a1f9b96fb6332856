// Part of the small house with known violations that `scripts/floors.mjs` must find.
import '../platform/fine';
import type { Loop } from '../session/loop';

export type Labelled = Loop;
