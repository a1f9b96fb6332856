/** Keys that work anywhere but in a field: space starts and pauses, a full stop takes one step. */

import { useEffect } from 'react';
import { singleStep, toggle } from '../store/actions';

/** Elements that make something of the space bar or of typed text themselves. */
const takesKeys =
  'input, select, textarea, button, a[href], summary, [contenteditable], [role="slider"], [role="option"], [role="dialog"]';

export function useShortcuts(): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.defaultPrevented) return;
      const { target } = event;
      if (target instanceof Element && target.closest(takesKeys) !== null) return;
      if (event.key === ' ') void toggle();
      else if (event.key === '.') void singleStep();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}
