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

  it('ends with the first error, once nothing is under way', async () => {
    for (const failing of ['work', 'take'] as const) {
      let [begun, ended] = [0, 0];
      const going = inOrder(
        numbers,
        pace,
        async (i) => {
          begun++;
          if (failing === 'work' && i === 9) throw new Error('no work');
          await later(2);
          ended++;
          return i;
        },
        (i) => {
          if (failing === 'take' && i === 9) throw new Error('no take');
        },
      );
      await expect(going).rejects.toThrow(`no ${failing}`);
      expect(begun).toBeLessThan(20);
      expect(begun - ended).toBe(failing === 'work' ? 1 : 0);
    }
  });

  it('has nothing to do with nothing', async () => {
    await expect(inOrder<number, unknown>([], pace, later, () => undefined)).resolves.toBeUndefined();
  });
});
