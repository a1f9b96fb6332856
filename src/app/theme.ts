/** Mantine in the colours of `theme.css`: calm paper, teal for what the person may press. */

import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type VariantColorsResolver,
} from '@mantine/core';

/** Teal, light to dark; the student's colour is 7 on light paper and 4 on dark. */
const teal = [
  '#f0fdfa',
  '#ccfbf1',
  '#99f6e4',
  '#5eead4',
  '#2dd4bf',
  '#14b8a6',
  '#0d9488',
  '#0f766e',
  '#115e59',
  '#134e4a',
] as const;

/** Warm greys of the dark scheme, light to dark: text, soft text, lines, fields, cards, paper. */
const dark = [
  '#e8e6e1',
  '#c5c9cc',
  '#9aa4ab',
  '#7f8890',
  '#2c3237',
  '#262b30',
  '#20252a',
  '#1b1f23',
  '#14171a',
  '#0f1214',
] as const;

/** What is pressed most is the student's colour in either scheme, with text that can be read on it. */
const variantColors: VariantColorsResolver = (input) => {
  const colors = defaultVariantColorsResolver(input);
  if (input.variant !== 'filled' || (input.color ?? 'student') !== 'student') return colors;
  return {
    ...colors,
    background: 'var(--student)',
    hover: 'color-mix(in srgb, var(--student) 88%, var(--ink))',
    color: 'var(--on-student)',
  };
};

export const theme = createTheme({
  colors: { student: teal, dark },
  variantColorResolver: variantColors,
  primaryColor: 'student',
  primaryShade: { light: 7, dark: 4 },
  fontFamily: 'var(--font)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '19px' },
  headings: { fontFamily: 'var(--font)', fontWeight: '650' },
  defaultRadius: 8,
  components: {
    Notification: {
      defaultProps: { closeButtonProps: { 'aria-label': 'Close' } },
      styles: { description: { color: 'var(--soft)' } },
    },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
});

const surfaces = {
  '--mantine-color-body': 'var(--paper)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--soft)',
  '--mantine-color-placeholder': 'var(--soft)',
  '--mantine-color-default': 'var(--card)',
  '--mantine-color-default-border': 'var(--line)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-error': 'var(--bad)',
};

/** Takes Mantine's surfaces from our variables, which know both schemes themselves. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: { ...surfaces, '--mantine-color-default-hover': '#f4f2ec' },
  dark: { ...surfaces, '--mantine-color-default-hover': '#23282d' },
});
