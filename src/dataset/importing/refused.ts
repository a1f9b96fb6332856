/** The error of an import that nothing came of; what became of every file comes with it. */
import { PawsaurError } from '../../platform/errors';
import type { ImportReport } from './report';

/**
 * No picture could be used. `code` is 'import/no-images', or 'import/' and the reason (`skipReasons`) why the only
 * archive chosen could not be opened.
 */
export class ImportRefused extends PawsaurError {
  constructor(
    code: `import/${string}`,
    message: string,
    hint: string,
    readonly report: ImportReport,
  ) {
    super(code, message, hint);
  }
}
