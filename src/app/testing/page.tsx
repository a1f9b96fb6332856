/** Draws a part of the page for a test, in the page's own theme. */

import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { theme } from '../theme';

export function draw(part: ReactNode) {
  return render(
    <MantineProvider theme={theme} env="test">
      <Notifications />
      {part}
    </MantineProvider>,
  );
}
