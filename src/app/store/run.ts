/**
 * The run as the page sees it: the session client's latest state in a zustand store, so that a component
 * re-renders only for the part it selects. Step numbers are not in here; they grow in `series.ts`.
 */

import { create } from 'zustand';
import { type ClientState, SessionClient } from '../../session/client';
import type { SessionState } from '../../session/protocol';
import { takeEvent } from './series';

export type { ClientState as RunView } from '../../session/client';

let client = new SessionClient();
let disconnect: () => void = () => {};

/**
 * Everything known of the engine, the pictures and the run. Select what you draw:
 * `useRun((s) => s.attention)`. Values are replaced, never changed in place.
 */
export const useRun = create<ClientState>(() => client.getState());

/** Whether a run has begun and not ended: its recipe and pictures are fixed until it is stopped or reset. */
export function isUnderWay({ phase, step }: Pick<SessionState, 'phase' | 'step'>): boolean {
  return phase === 'preparing' || phase === 'running' || (phase === 'paused' && step > 0);
}

/** The client that the page commands. Panels may ask it for thumbnails, an inspection or files. */
export function session(): SessionClient {
  return client;
}

/** Puts the page on a client and starts its worker; the one before is left alone. Tests bring a fake port. */
export function connectSession(next: SessionClient = client): void {
  disconnect();
  client = next;
  const stopState = client.subscribe(() => useRun.setState(client.getState(), true));
  const stopEvents = client.onEvent(takeEvent);
  disconnect = () => {
    stopState();
    stopEvents();
  };
  useRun.setState(client.getState(), true);
  client.connect();
}
