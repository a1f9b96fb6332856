/** Whether the labelling surface is open. Apart from the surface itself, which is loaded when it is opened. */

import { createSurface } from '../shell/surface';

export const labelSurface = createSurface();
