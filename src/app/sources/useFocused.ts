/** Gives the focus to an element as soon as it is there: it takes the place of the one that was pressed. */

import { type RefObject, useEffect, useRef } from 'react';

export function useFocused<T extends HTMLElement>(): RefObject<T | null> {
  const element = useRef<T>(null);
  useEffect(() => element.current?.focus(), []);
  return element;
}
