/** Takes the focus, a field with its text chosen, once the menu that led here has given it back to its button. */

import { type RefObject, useEffect, useRef } from 'react';

/** Longer than a menu takes to close, ms. */
const restMs = 60;

/** A ref for what is to have the focus. */
export function useLateFocus<T extends HTMLElement>(): RefObject<T | null> {
  const target = useRef<T>(null);
  useEffect(() => {
    const timer = setTimeout(() => {
      target.current?.focus();
      if (target.current instanceof HTMLInputElement) target.current.select();
    }, restMs);
    return () => clearTimeout(timer);
  }, []);
  return target;
}
