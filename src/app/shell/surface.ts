/** Views that lie over the page and are loaded when they are opened first: whether each is open, and the way back. */

import { create, type StoreApi, type UseBoundStore } from 'zustand';

interface Opening {
  open: boolean;
  /** Whether it was ever open: what was loaded stays. */
  wanted: boolean;
}

export interface Surface {
  use: UseBoundStore<StoreApi<Opening>>;
  show(): void;
  /** Closes it; what had the focus before has it again. */
  close(): void;
}

/** A view that is closed. */
export function createSurface(): Surface {
  const use = create<Opening>(() => ({ open: false, wanted: false }));
  let opener: Element | null = null;
  return {
    use,
    show() {
      opener = document.activeElement;
      use.setState({ open: true, wanted: true });
    },
    close() {
      use.setState({ open: false });
      // Once the dialogue has let the focus go.
      setTimeout(() => {
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      });
    },
  };
}
