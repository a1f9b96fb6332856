/** The step under the pointer, shared by all plots over steps: a line in each, and the values there. */

type Listener = () => void;

/** A step, or null where nothing is pointed at. */
class Crosshair {
  readonly #listeners = new Set<Listener>();
  #step: number | null = null;

  readonly getStep = (): number | null => this.#step;

  readonly subscribe = (listener: Listener): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  set(step: number | null): void {
    if (step === this.#step) return;
    this.#step = step;
    for (const listener of [...this.#listeners]) listener();
  }
}

/** The page's one crosshair. */
export const crosshair = new Crosshair();
