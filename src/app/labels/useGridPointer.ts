/** What a mouse, a pen or a finger does in the grid: choose, choose by a rubber band, drag onto a class. */

import { type MouseEvent, type PointerEvent, type RefObject, useRef, useState } from 'react';
import { bandPositions, choose, type GridLayout, point, type Selection } from './selection';

/** Movement under which a press is a press, px. */
const slack = 5;
/** How near the edge a band scrolls the grid, and how far at a time, px. */
const edge = 24;

/** Marks an element that pictures can be dropped on; holds the number of its class. */
export const dropAttribute = 'data-drop-class';

interface Options {
  scroller: RefObject<HTMLDivElement | null>;
  /** Space around the cells, px. */
  padding: number;
  layout: GridLayout;
  shown: Int32Array;
  selection: Selection;
  onSelection(next: Selection): void;
  /** Where nothing can be dropped, chosen pictures are not dragged. */
  onDrop?: ((label: number) => void) | undefined;
}

interface Press {
  /** Where it began, in px from the top left of the first cell. */
  from: { x: number; y: number };
  client: { x: number; y: number };
  position: number;
  mode: 'press' | 'band' | 'drag';
  /** What was chosen before a band that adds to it. */
  before: ReadonlySet<number>;
}

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The listeners of the grid, the rubber band and the drag that are under way. */
export function useGridPointer(options: Options) {
  const { scroller, padding, layout, shown, selection, onSelection, onDrop } = options;
  const press = useRef<Press | null>(null);
  const byMouse = useRef(false);
  const [band, setBand] = useState<Box | null>(null);
  const [drag, setDrag] = useState<{ x: number; y: number; count: number } | null>(null);

  const inGrid = ({ clientX, clientY }: PointerEvent) => {
    const element = scroller.current!;
    const box = element.getBoundingClientRect();
    return { x: clientX - box.left - padding, y: clientY - box.top + element.scrollTop - padding };
  };

  const down = (event: PointerEvent<HTMLDivElement>) => {
    byMouse.current = event.pointerType !== 'touch';
    if (!byMouse.current || event.button !== 0) return;
    const before = event.ctrlKey || event.metaKey || event.shiftKey ? selection.chosen : new Set<number>();
    press.current = {
      from: inGrid(event),
      client: { x: event.clientX, y: event.clientY },
      position: positionOf(event.target),
      mode: 'press',
      before,
    };
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus({ preventScroll: true });
  };

  const move = (event: PointerEvent<HTMLDivElement>) => {
    const now = press.current;
    if (now === null) return;
    const far = Math.hypot(event.clientX - now.client.x, event.clientY - now.client.y) > slack;
    if (now.mode === 'press' && far) {
      const picture = shown[now.position];
      const isChosen = picture !== undefined && selection.chosen.has(picture);
      now.mode = isChosen && onDrop !== undefined ? 'drag' : 'band';
    }
    if (now.mode === 'band') stretch(now, event);
    else if (now.mode === 'drag') {
      setDrag({ x: event.clientX, y: event.clientY, count: selection.chosen.size });
      markDrop(dropUnder(event));
    }
  };

  const stretch = (now: Press, event: PointerEvent) => {
    const element = scroller.current!;
    const box = element.getBoundingClientRect();
    if (event.clientY < box.top + edge) element.scrollTop -= edge;
    if (event.clientY > box.bottom - edge) element.scrollTop += edge;
    const to = inGrid(event);
    setBand({
      left: Math.min(now.from.x, to.x) + padding,
      top: Math.min(now.from.y, to.y) + padding,
      width: Math.abs(to.x - now.from.x),
      height: Math.abs(to.y - now.from.y),
    });
    const pictures = bandPositions(now.from, to, layout, shown.length).map((position) => shown[position]!);
    onSelection(choose(selection, pictures, now.before));
  };

  const end = (event: PointerEvent<HTMLDivElement>) => {
    const now = press.current;
    press.current = null;
    setBand(null);
    setDrag(null);
    markDrop(null);
    if (now === null || event.type === 'pointercancel') return;
    if (now.mode === 'drag') {
      const target = dropUnder(event);
      if (target !== null) onDrop?.(Number(target.getAttribute(dropAttribute)));
    } else if (now.mode === 'press') {
      if (now.position < 0) onSelection(choose(selection, now.before));
      else onSelection(point(selection, shown, now.position, modifiers(event)));
    }
  };

  /** A finger, or a screen reader: without keys to hold, every press adds or takes away. */
  const click = (event: MouseEvent<HTMLDivElement>) => {
    if (byMouse.current) {
      byMouse.current = false;
      return;
    }
    const position = positionOf(event.target);
    if (position >= 0) onSelection(point(selection, shown, position, { range: false, toggle: true }));
  };

  const handlers = {
    onPointerDown: down,
    onPointerMove: move,
    onPointerUp: end,
    onPointerCancel: end,
    onClick: click,
  };
  return { band, drag, handlers };
}

function modifiers(event: PointerEvent) {
  return { range: event.shiftKey, toggle: event.ctrlKey || event.metaKey };
}

function positionOf(target: EventTarget): number {
  const cell = target instanceof Element ? target.closest('[data-position]') : null;
  return cell === null ? -1 : Number(cell.getAttribute('data-position'));
}

function dropUnder({ clientX, clientY }: PointerEvent): Element | null {
  return document.elementFromPoint(clientX, clientY)?.closest(`[${dropAttribute}]`) ?? null;
}

/** Shows where a drop would go, many times a second: past React. */
function markDrop(target: Element | null): void {
  for (const marked of document.querySelectorAll('[data-dropping]')) {
    if (marked !== target) marked.removeAttribute('data-dropping');
  }
  target?.setAttribute('data-dropping', 'true');
}
