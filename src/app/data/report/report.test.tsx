import { act, cleanup, fireEvent, screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ReportLine } from '../../../session/library';
import { download } from '../../store/download';
import { FakeLibrary, sampleReport } from '../../testing/fakeLibrary';
import { freshPage } from '../../testing/fakeSession';
import { draw } from '../../testing/page';
import { countLines, everyLine, reportCsv, visibleLines } from './lines';
import { ReportDialog } from './ReportDialog';
import { reportSurface, showReport, showReportsOf } from './reportSurface';

vi.mock('../../store/download', () => ({
  download: vi.fn(),
  fileNameOf: (...parts: string[]) => parts.join('-'),
}));

const line = (path: string, more: Partial<ReportLine> = {}): ReportLine => ({
  path,
  outcome: 'imported',
  reason: null,
  detail: '',
  ...more,
});
const skipped = (path: string, reason: ReportLine['reason'], detail = '') =>
  line(path, { outcome: 'skipped', reason, detail });

describe('the lines of a report', () => {
  const lines = [
    line('cat/1.jpg', { detail: '640 × 480 px JPEG' }),
    skipped('cat/2.jpg', 'damaged', 'cut short'),
    line('dog/3.gif', { outcome: 'converted', detail: 'first of 6 frames' }),
    skipped('Thumbs.db', 'system-file'),
    skipped('.DS_Store', 'system-file'),
  ];
  const paths = (filter: Partial<typeof everyLine>) =>
    visibleLines(lines, { ...everyLine, ...filter }).map(({ path }) => path);

  it('begin with what was left out, then what was changed', () => {
    expect(paths({})).toEqual(['cat/2.jpg', 'Thumbs.db', '.DS_Store', 'dog/3.gif', 'cat/1.jpg']);
  });

  it('are found by parts of their names and of what became of them', () => {
    expect(paths({ search: 'CAT short' })).toEqual(['cat/2.jpg']);
    expect(paths({ search: '6 frames' })).toEqual(['dog/3.gif']);
    expect(paths({ outcome: 'skipped', reason: 'system-file' })).toEqual(['Thumbs.db', '.DS_Store']);
    expect(paths({ search: 'bird' })).toEqual([]);
  });

  it('are counted, the most frequent reason first', () => {
    const { ofOutcome, reasons } = countLines(lines);
    expect(ofOutcome.get('skipped')).toBe(3);
    expect(reasons).toEqual([
      ['system-file', 2],
      ['damaged', 1],
    ]);
  });

  it('become a table in which no cell runs as a formula', () => {
    const report = sampleReport({ lines: [skipped('=HYPERLINK("x")', 'empty', 'a, "b"')] });
    expect(reportCsv([report])).toBe(
      '\uFEFFpath,outcome,reason,detail\r\n"\'=HYPERLINK(""x"")",skipped,empty,"a, ""b"""\r\n',
    );
  });
});

describe('the report', () => {
  beforeEach(() => {
    freshPage();
    // The table draws the rows that are in view, and needs to know how much that is.
    vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
    vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(600);
    vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockReturnValue(40);
  });
  afterEach(() => {
    cleanup();
    reportSurface.close();
    vi.restoreAllMocks();
  });

  const rows = () => within(screen.getByRole('table')).getAllByRole('row');

  it('shows warnings and files, filters them, and saves all of them', () => {
    const report = sampleReport({ warnings: [{ code: 'duplicates', message: '2 pictures are the same.' }] });
    draw(<ReportDialog />);
    act(() => showReport('waste', report));
    expect(screen.getByText('2 pictures are the same.')).toBeTruthy();
    expect(rows()).toHaveLength(5);
    expect(rows()[0]!.textContent).toContain('paper/3.jpg');
    fireEvent.click(screen.getByRole('button', { name: 'skipped 2' }));
    expect(rows()).toHaveLength(2);
    fireEvent.change(screen.getByLabelText('Why'), { target: { value: 'damaged' } });
    expect(rows()).toHaveLength(1);
    fireEvent.click(screen.getByRole('button', { name: 'Save as CSV' }));
    const csv = String(vi.mocked(download).mock.calls[0]![2]);
    expect(csv.trim().split('\r\n')).toHaveLength(6);
  });

  it('draws names as text, of 10,000 files only those in view', () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const lines = [
      skipped(hostile, 'damaged'),
      ...Array.from({ length: 10_000 }, (_, i) => line(`${i}.jpg`)),
    ];
    draw(<ReportDialog />);
    act(() => showReport('waste', sampleReport({ lines })));
    expect(screen.getByText(hostile)).toBeTruthy();
    expect(document.querySelector('img')).toBeNull();
    expect(rows().length).toBeLessThan(100);
    expect(screen.getByRole('table').getAttribute('aria-rowcount')).toBe('10001');
  });

  it('is fetched for a set, one for each of its imports', async () => {
    const library = new FakeLibrary();
    library.report = [
      sampleReport({ name: 'first' }),
      sampleReport({ name: 'second', lines: [line('new/1.jpg')] }),
    ];
    freshPage(library);
    draw(<ReportDialog />);
    act(() => void showReportsOf('set-1', 'waste'));
    expect(screen.getByText('Fetching the report…')).toBeTruthy();
    await screen.findByText('new/1.jpg');
    fireEvent.change(screen.getByLabelText('Import'), { target: { value: '0' } });
    expect(screen.getByText('glass/1.jpg')).toBeTruthy();
  });
});
