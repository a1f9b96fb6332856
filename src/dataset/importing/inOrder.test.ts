import { describe, expect, it } from 'vitest';
import { inOrder } from './inOrder';

const pace = { concurrency: 3, window: 6 };
const numbers = [...Array(40).keys()];
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe('inOrder', () => {
  it('takes results in order, however long each takes', async () => {
    const taken: number[] = [];
    const work = async (i: number) => {
      await later((i * 7) % 5);
      return 10 * i;
    };
    await inOrder(numbers, pace, work, (result) => void taken.push(result));
    expect(taken).toEqual(numbers.map((i) => 10 * i));
  });

  it('begins no more than the window holds, and works on no more than agreed', async () => {
    let [open, most, begun, ahead] = [0, 0, 0, 0];
    let taken = 0;
    await inOrder(
      numbers,
      pace,
      async (i) => {
        begun++;
        most = Math.max(most, ++open);
        ahead = Math.max(ahead, begun - taken);
        await later(i === 4 ? 20 : 0);
        open--;
      },
      async () => {
        await later(0);
        taken++;
      },
    );
    expect(taken).toBe(40);
    expect(most).toBe(3);
    expect(ahead).toBe(6);
  });

  it.each(['work', 'take'] as const)(
    'ends with the first error of %s, and begins nothing more',
    async (failing) => {
      let begun = 0;
      const going = inOrder(
        numbers,
        pace,
        async (i) => {
          begun++;
          if (failing === 'work' && i === 9) throw new Error('no work');
          await later(2);
          return i;
        },
        (i) => {
          if (failing === 'take' && i === 9) throw new Error('no take');
        },
      );
      await expect(going).rejects.toThrow(`no ${failing}`);
      const before = begun;
      expect(before).toBeLessThan(20);
      await later(10);
      expect(begun).toBe(before);
    },
  );

  it('ends at once when told to, however long the work takes, but lets what is being taken end', async () => {
    const controller = new AbortController();
    const taken: string[] = [];
    const going = inOrder(
      numbers,
      { ...pace, signal: controller.signal },
      (i) => (i === 0 ? Promise.resolve(i) : new Promise<number>(() => undefined)),
      async (i) => {
        controller.abort(new Error('enough'));
        await later(2);
        taken.push(`took ${i}`);
      },
    );
    await expect(going).rejects.toThrow('enough');
    expect(taken).toEqual(['took 0']);
    const never = inOrder(numbers, { ...pace, signal: controller.signal }, later, () => undefined);
    await expect(never).rejects.toThrow('enough');
  });

  it('has nothing to do with nothing', async () => {
    await expect(inOrder<number, unknown>([], pace, later, () => undefined)).resolves.toBeUndefined();
  });
});
