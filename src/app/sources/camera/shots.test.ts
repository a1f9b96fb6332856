import { describe, expect, it } from 'vitest';
import { emptyStudio, maxShotClasses, nameProblems, reduceStudio, type Studio, shotFiles } from './shots';

const at = Date.UTC(2026, 10, 24, 14, 5, 33, 120);

/** A studio in which shots of the classes were taken, a burst each, one ms apart. */
function studioOf(...groups: number[]): Studio {
  return groups.reduce(
    (studio, group, i) =>
      reduceStudio(studio, {
        type: 'addShot',
        shot: { group, burst: i, file: new Blob([String(i)]), thumbnail: `blob:${i}`, at: at + i },
      }),
    emptyStudio,
  );
}

const named = (studio: Studio, ...names: string[]) =>
  names.reduce((s, name, i) => reduceStudio(s, { type: 'renameClass', id: i + 1, name }), studio);
const thumbnails = (studio: Studio) => studio.shots.map(({ thumbnail }) => thumbnail);

describe('shots', () => {
  it('lie in the folder of their class, under its last name, told apart by their time', () => {
    const studio = named(studioOf(1, 2, 1), ' cat ', 'dog');
    expect(shotFiles(studio).map(({ path }) => path)).toEqual([
      'camera/cat/2026-11-24 14.05.33.120.jpg',
      'camera/dog/2026-11-24 14.05.33.121.jpg',
      'camera/cat/2026-11-24 14.05.33.122.jpg',
    ]);
  });

  it('of one moment have names of their own', () => {
    const studio = studioOf(1, 1);
    const same = { ...studio, shots: studio.shots.map((shot) => ({ ...shot, at })) };
    expect(new Set(shotFiles(same).map(({ path }) => path)).size).toBe(2);
  });

  it('go with their class, and one that comes later is left out', () => {
    const without = reduceStudio(studioOf(1, 2, 1), { type: 'removeClass', id: 1 });
    expect(thumbnails(without)).toEqual(['blob:1']);
    const shot = { group: 1, burst: 9, file: new Blob(), thumbnail: 'blob:9', at };
    expect(reduceStudio(without, { type: 'addShot', shot })).toBe(without);
  });

  it('go one by one or a burst at a time', () => {
    const studio = studioOf(1, 2, 1);
    expect(thumbnails(reduceStudio(studio, { type: 'removeShot', id: studio.shots[0]!.id }))).toEqual([
      'blob:1',
      'blob:2',
    ]);
    expect(thumbnails(reduceStudio(studio, { type: 'removeBurst', burst: 2 }))).toEqual(['blob:0', 'blob:1']);
  });
});

describe('classes', () => {
  it('that are added get a name that is free', () => {
    let studio = named(emptyStudio, 'Class 3');
    studio = reduceStudio(studio, { type: 'addClass' });
    expect(studio.classes.map(({ name }) => name)).toEqual(['Class 3', 'Class 2', 'Class 4']);
    for (let i = 0; i < 30; i++) studio = reduceStudio(studio, { type: 'addClass' });
    expect(studio.classes).toHaveLength(maxShotClasses);
  });

  it('cannot be called what makes no folder, or another one', () => {
    const problem = (name: string) => nameProblems([{ id: 1, name }]).get(1);
    for (const name of ['', '  ', 'a/b', 'a\\b', '..', '.x', 'Train', 'masks', 'x'.repeat(81)]) {
      expect(problem(name), name).toBeTruthy();
    }
    for (const name of ['cat', '__proto__', '<img src=x>', 'été', 'a.b', 'training shoes']) {
      expect(problem(name), name).toBeUndefined();
    }
    expect([
      ...nameProblems([
        { id: 1, name: 'a' },
        { id: 2, name: 'a ' },
      ]).keys(),
    ]).toEqual([2]);
  });
});
