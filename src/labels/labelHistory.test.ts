import { describe, expect, it } from 'vitest';
import { edit, historyLimit, record, redo, redoWords, startHistory, undo, undoWords } from './labelHistory';
import { createLabelling } from './labelling';

const start = startHistory(createLabelling(['cat', 'dog'], Int32Array.of(0, 1)));

describe('the history of a labelling', () => {
  it('undoes and redoes edits in order, and says which', () => {
    const first = edit(start, { kind: 'give', indices: [0], class: 1 });
    const second = edit(first, { kind: 'addClass', name: 'fox' });
    expect(undoWords(second)).toBe('add the class ‘fox’');
    const back = undo(second);
    expect(back.present).toBe(first.present);
    expect(redoWords(back)).toBe('add the class ‘fox’');
    expect(undoWords(back)).toBe('give one picture the class ‘dog’');
    const start2 = undo(back);
    expect(start2.present).toBe(start.present);
    expect(redo(redo(start2))).toEqual(second);
  });

  it('stays where it is at either end', () => {
    expect(undo(start)).toBe(start);
    expect(redo(start)).toBe(start);
    expect([undoWords(start), redoWords(start)]).toEqual([null, null]);
  });

  it('forgets what was undone once something else is done', () => {
    const undone = undo(edit(start, { kind: 'addClass', name: 'fox' }));
    const other = record(undone, undone.present, 'read labels.csv');
    expect(redoWords(other)).toBeNull();
    expect(undoWords(other)).toBe('read labels.csv');
  });

  it('is left as it is by an edit that is refused', () => {
    const history = edit(start, { kind: 'addClass', name: 'fox' });
    expect(() => edit(history, { kind: 'addClass', name: 'fox' })).toThrow(/already/);
    expect(history.past.length).toBe(1);
  });

  it('keeps the latest edits only', () => {
    let history = start;
    for (let i = 0; i < historyLimit + 5; i++) {
      history = edit(history, { kind: 'give', indices: [0], class: i % 2 });
    }
    expect(history.past.length).toBe(historyLimit);
    for (let i = 0; i < historyLimit; i++) history = undo(history);
    expect(undoWords(history)).toBeNull();
    expect([...history.present.given]).toEqual([0, -1]);
  });
});
