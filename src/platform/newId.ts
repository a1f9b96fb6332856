/** Names for things that must not be mixed up, whoever makes them. */

/** 32 hexadecimal digits that nobody has had before. Unlike `crypto.randomUUID` it is there on plain HTTP, too. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
