/** Asks before the page is left with training or labels that were never downloaded. */

import { useEffect } from 'react';
import { isUnsaved } from '../store/history';

export function useLeaveGuard(): void {
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (isUnsaved()) event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, []);
}
