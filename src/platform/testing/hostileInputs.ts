/** What must hold whatever bytes a parser is given. */
import fc from 'fast-check';

/** Inputs that each property is tried on. */
const runs = 10_000;
/** Longest that one input may keep a parser busy, ms. */
const longest = 50;
/** A machine that is busy elsewhere is not the parser's fault: the fastest of so many turns counts. */
const turns = 5;

/**
 * Gives `parse` 10,000 generated inputs. It throws itself where an outcome is wrong; here it is proven that no input
 * takes it more than 50 ms and that none reaches the prototypes of the language.
 */
export async function surviveInputs<T>(
  inputs: fc.Arbitrary<T>,
  parse: (input: T) => void | Promise<void>,
): Promise<void> {
  const before = prototypes();
  await fc.assert(
    fc.asyncProperty(inputs, async (input) => {
      let fastest = Number.POSITIVE_INFINITY;
      for (let turn = 0; turn < turns && fastest > longest; turn++) {
        const start = performance.now();
        await parse(input);
        fastest = Math.min(fastest, performance.now() - start);
      }
      if (fastest > longest) throw new Error(`took ${Math.round(fastest)} ms`);
    }),
    { numRuns: runs },
  );
  if (prototypes() !== before) throw new Error('a prototype was changed');
}

/** The names on the prototypes that untrusted keys could reach. */
function prototypes(): string {
  return JSON.stringify(
    [Object, Array, Function, Map, Uint8Array, String].map(({ prototype }) =>
      Object.getOwnPropertyNames(prototype),
    ),
  );
}

/** Bytes that are nearly `sample`: some overwritten, some cut out, some put in, or cut short; or noise. */
export function nearly(sample: Uint8Array): fc.Arbitrary<Uint8Array<ArrayBuffer>> {
  const at = fc.nat({ max: Math.max(0, sample.length - 1) });
  const change = fc.record({
    at,
    kind: fc.constantFrom('write', 'insert', 'delete'),
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 8 }),
      fc.constantFrom(Uint8Array.of(0, 0, 0, 0), Uint8Array.of(255, 255, 255, 255), Uint8Array.of(128)),
    ),
  });
  const changed = fc
    .tuple(fc.array(change, { minLength: 1, maxLength: 4 }), fc.option(at, { freq: 4 }))
    .map(([changes, end]) => {
      let bytes = [...sample];
      for (const { at: start, kind, bytes: put } of changes) {
        bytes.splice(start, kind === 'insert' ? 0 : put.length, ...(kind === 'delete' ? [] : put));
      }
      if (end !== null) bytes = bytes.slice(0, end);
      return Uint8Array.from(bytes);
    });
  return fc.oneof(
    { weight: 8, arbitrary: changed },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 600 }).map((bytes) => new Uint8Array(bytes)) },
  );
}
