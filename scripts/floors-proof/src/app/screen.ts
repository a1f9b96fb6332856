// Part of the small house with known violations that `scripts/floors.mjs` must find.
import '../labels/climbs';
import '@tensorflow/tfjs-core';
import '../session/client';
import type { Loop } from '../session/loop';

export type Shown = Loop;
