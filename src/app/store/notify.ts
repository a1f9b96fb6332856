/** Says what went wrong in a corner of the page: what happened, and what to do. */

import { notifications } from '@mantine/notifications';
import { asPawsaurError } from '../../platform/errors';

/** What the person asked for themselves, or what another command overtook, is no news. */
const silent = new Set(['aborted', 'session/overtaken', 'session/closed']);

/** Shows anything that was thrown, until it is closed. */
export function reportError(thrown: unknown): void {
  const { code, message, hint } = asPawsaurError(thrown);
  if (silent.has(code)) return;
  notifications.show({ id: code, color: 'red', title: message, message: hint, autoClose: false });
}

/** Shows a short good news. */
export function tell(title: string, message?: string): void {
  notifications.show({ color: 'student', title, message: message ?? '', autoClose: 6000 });
}

/** Shows something worth reading that is no failure. */
export function warn(title: string, message: string): void {
  notifications.show({ color: 'yellow', title, message, autoClose: 12000 });
}
