/** What came of a file of labels: how many were read, and every row that was not, with its reason. */

import { plural } from '../format';
import { Notice } from '../shell/Notice';
import type { ImportReport } from './labelFiles';
import styles from './labels.module.css';

/** More rows than this would say nothing new. */
const mostRows = 200;

export function ImportNotice({ report, onClose }: { report: ImportReport; onClose(): void }) {
  const { fileName, given, newClasses, problems } = report;
  const title =
    given === 0 ? `No label was read from ${fileName}` : `${plural(given, 'label')} read from ${fileName}`;
  return (
    <Notice
      kind={given === 0 ? 'bad' : problems.length > 0 ? 'warn' : 'news'}
      title={title}
      onClose={onClose}
    >
      {newClasses.length > 0 && (
        <p>
          New {newClasses.length === 1 ? 'class' : 'classes'}: {newClasses.join(', ')}.
        </p>
      )}
      {problems.length > 0 && (
        <>
          <p>{plural(problems.length, 'row')} gave no label; what was there before stays.</p>
          <table className={styles.rows}>
            <thead>
              <tr>
                <th scope="col">row</th>
                <th scope="col">what stands there</th>
                <th scope="col">why it was left out</th>
              </tr>
            </thead>
            <tbody>
              {problems.slice(0, mostRows).map(({ row, text, reason }) => (
                <tr key={`${row} ${reason}`}>
                  <td>{row === 0 ? 'file' : row}</td>
                  <td>{text}</td>
                  <td>{reason}</td>
                </tr>
              ))}
            </tbody>
          </table>
          {problems.length > mostRows && <p>and {problems.length - mostRows} more.</p>}
        </>
      )}
    </Notice>
  );
}
