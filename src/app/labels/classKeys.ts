/** The keys that give a class: 1 to 9, then the letters. */

const keys = '123456789abcdefghijklmnopqrstuvwxyz';

/** The key of class `label`, as it is shown; null for classes beyond the keyboard. */
export function keyOfClass(label: number): string | null {
  return keys[label]?.toUpperCase() ?? null;
}

/** The class that a pressed key stands for; −1 where it stands for none of the `classes`. */
export function classOfKey(key: string, classes: number): number {
  const label = key.length === 1 ? keys.indexOf(key.toLowerCase()) : -1;
  return label < classes ? label : -1;
}
