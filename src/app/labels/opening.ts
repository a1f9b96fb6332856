/** Whether the labelling surface is open. Apart from the surface itself, which is loaded when it is opened. */

import { create } from 'zustand';

export const useLabelSurface = create<{
  open: boolean;
  /** Whether it was ever open: what was loaded stays. */
  wanted: boolean;
}>(() => ({ open: false, wanted: false }));

export function openLabels(): void {
  useLabelSurface.setState({ open: true, wanted: true });
}

export function closeLabels(): void {
  useLabelSurface.setState({ open: false });
}
