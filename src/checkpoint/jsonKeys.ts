/**
 * Finds repeated keys in JSON text. `JSON.parse` silently keeps the last of them, so two readers of the same
 * file could see two different tensors under one name; the safetensors format forbids it.
 */

/** The first key that occurs twice in one object of `text` (which must be valid JSON), or null. */
export function repeatedKey(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '{') open.push(new Set());
    else if (c === '[') open.push(null);
    else if (c === '}' || c === ']') open.pop();
    else if (c === '"') {
      const start = i;
      i = closingQuote(text, start);
      if (!isFollowedByColon(text, i + 1)) continue;
      const key: string = JSON.parse(text.slice(start, i + 1));
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
  }
  return null;
}

/** A loop, not a pattern: a pattern overflows its stack on a string of a few megabytes. */
function closingQuote(text: string, opening: number): number {
  let i = opening + 1;
  while (text[i] !== '"') i += text[i] === '\\' ? 2 : 1;
  return i;
}

function isFollowedByColon(text: string, from: number): boolean {
  let i = from;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\r' || text[i] === '\t') i++;
  return text[i] === ':';
}
