/** The page's beginning: styles, theme, the set-up from the address, the worker. */

import '@mantine/core/styles.layer.css';
import '@mantine/notifications/styles.layer.css';
import './theme.css';
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './App';
import { begin } from './begin';
import { ErrorBoundary } from './shell/ErrorBoundary';
import { cssVariables, theme } from './theme';

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root.');

begin();
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <Notifications position="bottom-right" limit={4} />
      <ErrorBoundary what="The page">
        <App />
      </ErrorBoundary>
    </MantineProvider>
  </StrictMode>,
);
