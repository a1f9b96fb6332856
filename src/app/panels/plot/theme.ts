/** The page's colours as plotly and canvases can use them: read off the CSS variables, anew when the theme changes. */

/** Colours by what they mean: student teal, teacher amber, baselines grey, masks violet, limits red. */
export const colourNames = [
  'student',
  'teacher',
  'base',
  'mark',
  'good',
  'warn',
  'bad',
  'ink',
  'soft',
  'line',
  'card',
  'paper',
  'tint',
] as const;
export type ColourName = (typeof colourNames)[number];

/** Resolved colours (`rgb(…)`) and the page's font. */
export interface Theme extends Record<ColourName, string> {
  font: string;
}

/** The theme as it is now at `element`. Whatever the variables hold, plotly is given plain `rgb()`. */
export function readTheme(element: HTMLElement): Theme {
  const probe = document.createElement('span');
  probe.hidden = true;
  element.append(probe);
  const style = getComputedStyle(probe);
  const colours = colourNames.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, style.color] as const;
  });
  const font = style.fontFamily || 'sans-serif';
  probe.remove();
  return { ...(Object.fromEntries(colours) as Record<ColourName, string>), font };
}

/** Calls `listener` when light turns dark or back, by the system or by the page. Returns the way to stop that. */
export function watchTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  const attributes = ['class', 'style', 'data-theme', 'data-mantine-color-scheme'];
  for (const element of [document.documentElement, document.body]) {
    observer.observe(element, { attributes: true, attributeFilter: attributes });
  }
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  dark.addEventListener('change', listener);
  return () => {
    observer.disconnect();
    dark.removeEventListener('change', listener);
  };
}
