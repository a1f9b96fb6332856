/** Whether the surface for looking at pictures is open. Apart from the surface itself, which is loaded when it is opened. */

import { createSurface } from '../../shell/surface';

export const dataSurface = createSurface();
