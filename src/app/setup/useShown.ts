/** Brings a field into view and into focus when somebody asks to see it. */

import { type RefObject, useEffect, useRef } from 'react';
import { useUi } from '../store/actions';

/** A ref for what holds the field. */
export function useShown(name: string): RefObject<HTMLDivElement | null> {
  const holder = useRef<HTMLDivElement>(null);
  const wish = useUi((s) => (s.shownField?.name === name ? s.shownField.wish : 0));
  useEffect(() => {
    if (wish === 0 || holder.current === null) return;
    const control = holder.current.querySelector<HTMLElement>('input, select, button[role="switch"], button');
    const calm = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    holder.current.scrollIntoView({ block: 'center', behavior: calm ? 'auto' : 'smooth' });
    control?.focus({ preventScroll: true });
  }, [wish]);
  return holder;
}
