/** Pictures taken with the camera, by class, before they are a data set: a reducer over plain values. */

import { maxClassNameLength } from '../../../labels';

/** A picture taken. */
export interface Shot {
  id: number;
  /** Id of its class. */
  group: number;
  /** Holding a button once takes one burst. */
  burst: number;
  file: Blob;
  /** Object URL of a small copy; the reducer's owner revokes it. */
  thumbnail: string;
  /** ms since 1970. */
  at: number;
}

export interface ShotClass {
  id: number;
  /** As typed. */
  name: string;
}

export interface Studio {
  classes: readonly ShotClass[];
  /** In the order in which they were taken. */
  shots: readonly Shot[];
  nextId: number;
}

export type StudioAction =
  | { type: 'addClass' }
  | { type: 'renameClass'; id: number; name: string }
  /** With its pictures. */
  | { type: 'removeClass'; id: number }
  | { type: 'addShot'; shot: Omit<Shot, 'id'> }
  | { type: 'removeShot'; id: number }
  /** Takes back what holding the button took last. */
  | { type: 'removeBurst'; burst: number }
  | { type: 'reset' };

/** Two classes: one could not be told from anything. */
export const emptyStudio: Studio = {
  classes: [
    { id: 1, name: 'Class 1' },
    { id: 2, name: 'Class 2' },
  ],
  shots: [],
  nextId: 3,
};

/** Keys go no further, and neither does a person's patience. */
export const maxShotClasses = 20;
/** What a page can hold in memory with ease. */
const maxShots = 5000;

export function reduceStudio(studio: Studio, action: StudioAction): Studio {
  const { classes, shots, nextId } = studio;
  switch (action.type) {
    case 'addClass': {
      if (classes.length >= maxShotClasses) return studio;
      const name = freeName(classes);
      return { ...studio, classes: [...classes, { id: nextId, name }], nextId: nextId + 1 };
    }
    case 'renameClass':
      return {
        ...studio,
        classes: classes.map((one) => (one.id === action.id ? { ...one, name: action.name } : one)),
      };
    case 'removeClass':
      return {
        ...studio,
        classes: classes.filter(({ id }) => id !== action.id),
        shots: shots.filter(({ group }) => group !== action.id),
      };
    case 'addShot': {
      // A picture may be ready after its class has gone.
      if (shots.length >= maxShots || !classes.some(({ id }) => id === action.shot.group)) return studio;
      return { ...studio, shots: [...shots, { ...action.shot, id: nextId }], nextId: nextId + 1 };
    }
    case 'removeShot':
      return { ...studio, shots: shots.filter(({ id }) => id !== action.id) };
    case 'removeBurst':
      return { ...studio, shots: shots.filter(({ burst }) => burst !== action.burst) };
    case 'reset':
      return emptyStudio;
  }
}

/** 'Class 3', or the next number that no class has. */
function freeName(classes: readonly ShotClass[]): string {
  const taken = new Set(classes.map(({ name }) => name.trim()));
  let number = classes.length + 1;
  while (taken.has(`Class ${number}`)) number++;
  return `Class ${number}`;
}

/** Folders of these names mean something else than a class. */
const reserved = /^(train|training|val|valid|validation|dev|test|testing|images?|masks?)$/i;

/** Why each class cannot keep its name, by its id; empty where all can. */
export function nameProblems(classes: readonly ShotClass[]): Map<number, string> {
  const problems = new Map<number, string>();
  const seen = new Set<string>();
  for (const { id, name } of classes) {
    const clean = name.trim();
    if (clean === '') problems.set(id, 'A class needs a name.');
    else if (/[/\\]/.test(clean)) problems.set(id, 'A name cannot hold / or \\: it becomes a folder.');
    else if (clean.startsWith('.')) problems.set(id, 'A name cannot begin with a dot.');
    else if (reserved.test(clean))
      problems.set(id, `A folder ‘${clean}’ means something else. Take another.`);
    else if ([...clean].length > maxClassNameLength) problems.set(id, 'This name is too long.');
    else if (seen.has(clean)) problems.set(id, 'Another class has this name.');
    seen.add(clean);
  }
  return problems;
}

/** The folder of all shots: without it, that of a single class would be taken for the folder chosen. */
const topFolder = 'camera';

/** The pictures as files of class folders, named by when they were taken: 'camera/cat/2026-11-24 14.05.33.120.jpg'. */
export function shotFiles({ classes, shots }: Studio): { path: string; file: Blob }[] {
  const names = new Map(classes.map(({ id, name }) => [id, name.trim()]));
  const taken = new Set<string>();
  return shots.map(({ group, file, at }) => {
    const time = new Date(at).toISOString().replace('T', ' ').replaceAll(':', '.').replace('Z', '');
    const base = `${topFolder}/${names.get(group)!}/${time}`;
    let path = `${base}.jpg`;
    for (let again = 2; taken.has(path); again++) path = `${base} ${again}.jpg`;
    taken.add(path);
    return { path, file };
  });
}
