/**
 * What became of every file of an import: what the set as a whole should be known for, then file by file, what was
 * left out first. Searched, filtered, and saved as a table.
 */

import { Button, Loader, Modal, NativeSelect, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { shortened } from '../../../labels';
import type { ImportReport } from '../../../session/library';
import { plural, showCount, showDuration } from '../../format';
import { Choice } from '../../panels/panel/Panel';
import { download, fileNameOf } from '../../store/download';
import { countLines, everyLine, outcomes, outcomeWords, reasonWords, reportCsv, visibleLines } from './lines';
import { ReportTable } from './ReportTable';
import styles from './report.module.css';
import { reportSurface, useReports } from './reportSurface';

export function ReportDialog() {
  const open = reportSurface.use((s) => s.open);
  const { name, reports } = useReports();
  return (
    <Modal
      opened={open}
      onClose={reportSurface.close}
      returnFocus={false}
      size={900}
      title={
        <span className={styles.title}>
          What became of the files of <bdi>{shortened(name, 120)}</bdi>
        </span>
      }
      closeButtonProps={{ 'aria-label': 'Close the report' }}
      classNames={{ content: styles.content, header: styles.header, body: styles.body }}
      transitionProps={{ duration: 0 }}
    >
      {reports === null ? (
        <p className={styles.waiting} role="status">
          <Loader size="xs" aria-hidden /> Fetching the report…
        </p>
      ) : (
        <Reports name={name} reports={reports} />
      )}
    </Modal>
  );
}

function Reports({ name, reports }: { name: string; reports: readonly ImportReport[] }) {
  const [shown, setShown] = useState(reports.length - 1);
  const report = reports[shown];
  if (report === undefined) return <p className={styles.waiting}>Nothing was written down of this set.</p>;
  const save = () =>
    download(fileNameOf('pawsaur', name, 'report.csv'), 'text/csv;charset=utf-8', reportCsv(reports));
  return (
    <>
      {reports.length > 1 && (
        <NativeSelect
          size="xs"
          label="Import"
          value={shown}
          data={reports.map((one, i) => ({ value: String(i), label: `${dateOf(one)} · ${one.name}` }))}
          onChange={(event) => setShown(Number(event.currentTarget.value))}
        />
      )}
      <OneReport key={shown} report={report} onSave={save} />
    </>
  );
}

const dateFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

function dateOf({ at }: ImportReport): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? 'some time' : dateFormat.format(date);
}

function OneReport({ report, onSave }: { report: ImportReport; onSave(): void }) {
  const { lines, warnings, seconds } = report;
  const [filter, setFilter] = useState(everyLine);
  const { ofOutcome, reasons } = useMemo(() => countLines(lines), [lines]);
  const visible = useMemo(() => visibleLines(lines, filter), [lines, filter]);
  const came = (ofOutcome.get('imported') ?? 0) + (ofOutcome.get('converted') ?? 0);
  const skipped = ofOutcome.get('skipped') ?? 0;
  const there = outcomes.filter((outcome) => ofOutcome.has(outcome));
  return (
    <>
      <p className={styles.summary}>
        <b>{came === 0 ? 'No picture' : plural(came, 'picture')}</b> came in,{' '}
        {skipped === 0 ? 'no file' : plural(skipped, 'file')} {skipped > 1 ? 'were' : 'was'} skipped.{' '}
        <span className={styles.soft}>
          {dateOf(report)} · took {showDuration(seconds)}
        </span>
      </p>
      {warnings.length > 0 && (
        <ul className={styles.warnings} aria-label="Worth knowing about the set">
          {warnings.map(({ code, message }) => (
            <li key={`${code} ${message}`}>{message}</li>
          ))}
        </ul>
      )}
      <div className={styles.tools}>
        <TextInput
          size="xs"
          type="search"
          className={styles.search}
          aria-label="Search the files"
          placeholder="Part of a name or of a reason"
          leftSection={<IconSearch size={14} aria-hidden />}
          value={filter.search}
          onChange={(event) => setFilter({ ...filter, search: event.currentTarget.value })}
        />
        {there.length > 1 && (
          <Choice
            label="What became of them"
            value={filter.outcome ?? 'all'}
            options={[
              { value: 'all' as const, label: `all ${showCount(lines.length)}` },
              ...there.map((outcome) => ({
                value: outcome,
                label: `${outcomeWords[outcome]} ${showCount(ofOutcome.get(outcome)!)}`,
              })),
            ]}
            onChange={(value) =>
              setFilter({ ...filter, outcome: value === 'all' ? null : value, reason: null })
            }
          />
        )}
        {filter.outcome === 'skipped' && reasons.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Why"
            value={filter.reason ?? ''}
            data={[
              { value: '', label: 'for any reason' },
              ...reasons.map(([reason, count]) => ({
                value: reason,
                label: `${reasonWords[reason]} (${showCount(count)})`,
              })),
            ]}
            onChange={(event) => {
              const value = event.currentTarget.value;
              const found = reasons.find(([reason]) => reason === value);
              setFilter({ ...filter, reason: found?.[0] ?? null });
            }}
          />
        )}
        <Button size="xs" variant="default" className={styles.save} onClick={onSave}>
          Save as CSV
        </Button>
      </div>
      <ReportTable lines={visible} />
      <output className={styles.unseen}>{plural(visible.length, 'file')} shown</output>
    </>
  );
}
