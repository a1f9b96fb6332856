/** Mantine in the colours of `theme.css`: calm paper, teal for what the person may press. */

import { type CSSVariablesResolver, createTheme } from '@mantine/core';

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

export const theme = createTheme({
  colors: { student: teal },
  primaryColor: 'student',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  fontFamily: 'var(--font)',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '19px' },
  headings: { fontFamily: 'var(--font)', fontWeight: '650' },
  defaultRadius: 8,
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
