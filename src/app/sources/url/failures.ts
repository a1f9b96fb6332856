/** What a person reads when a download brought nothing: what happened, and what to do instead. */

import { PawsaurError } from '../../../platform/errors';
import { showBytes } from '../../format';
import type { DownloadFailure } from './messages';

const byHand = 'Download the file in a tab of its own, then drop it on this page.';

/** The error of a failed download from `host`. */
export function downloadError(failure: DownloadFailure, host: string): PawsaurError {
  const { message, hint } = words(failure, host);
  return new PawsaurError(`download/${failure.kind}`, message, hint);
}

function words(failure: DownloadFailure, host: string): { message: string; hint: string } {
  switch (failure.kind) {
    case 'offline':
      return {
        message: 'This machine is not connected to the internet.',
        hint: 'Connect it, then try again. Everything else on this page works without.',
      };
    case 'unreachable':
      return {
        message: `${host} could not be reached.`,
        hint: 'Look whether the address is spelt right, and whether it opens in a tab of its own.',
      };
    case 'not-allowed':
      return {
        message: `${host} answered, but does not let other pages read this file.`,
        hint: `Its owner would have to allow it (by CORS). ${byHand}`,
      };
    case 'closed':
      return {
        message: `${host} could not be reached, or does not let other pages read this file.`,
        hint: `Most hosts do not: their owners would have to allow it (by CORS). ${byHand}`,
      };
    case 'redirect':
      return {
        message: `${host} passes on to another address, and only ${host} was agreed to.`,
        hint: 'Open the address in a tab of its own, copy where the download really comes from, and give that.',
      };
    case 'policy':
      return {
        message: 'The host of this page does not let it fetch from elsewhere.',
        hint: byHand,
      };
    case 'status':
      return { message: statusMessage(failure.status, host), hint: statusHint(failure.status) };
    case 'not-an-archive':
      return {
        message: {
          empty: `${host} sent an empty file.`,
          page: `${host} sent a web page instead of a ZIP file.`,
          other: `What ${host} sent is no ZIP file.`,
        }[failure.found],
        hint: 'Give the address of the ZIP file itself: that of its download button.',
      };
    case 'too-large':
      return {
        message: `The file is larger than ${showBytes(failure.limit)}.`,
        hint: 'Take a part of the pictures, or download the file and choose the unpacked folder.',
      };
    case 'broken':
      return {
        message: `The connection to ${host} broke off before the end of the file.`,
        hint: `${showBytes(failure.received)} had come; nothing of it was kept. Try again.`,
      };
    case 'stalled':
      return {
        message: `${host} has sent nothing for a minute.`,
        hint: 'Nothing was kept. Try again later.',
      };
    case 'unexpected':
      return { message: `The file could not be fetched from ${host}.`, hint: byHand };
  }
}

function statusMessage(status: number, host: string): string {
  if (status === 404 || status === 410) return `${host} has no file at this address (${status}).`;
  if (status === 401 || status === 403) return `${host} does not give this file to everybody (${status}).`;
  if (status === 429) return `${host} has been asked too often (429).`;
  if (status >= 500) return `${host} has trouble of its own (${status}).`;
  return `${host} answered with ${status} instead of the file.`;
}

function statusHint(status: number): string {
  if (status === 429 || status >= 500) return 'Try again later.';
  if (status === 401 || status === 403) return byHand;
  return 'Look whether the address is complete, and whether it opens in a tab of its own.';
}
