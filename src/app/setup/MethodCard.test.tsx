import { act, cleanup, fireEvent, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { findPreset, methodFacts, methodNames } from '../../recipe';
import { ensureData, start, takePreset } from '../store/actions';
import { setFields, useSetup } from '../store/setup';
import { freshPage } from '../testing/fakeSession';
import { draw } from '../testing/page';
import { MethodCard } from './MethodCard';

beforeEach(async () => {
  freshPage();
  await ensureData();
});
afterEach(cleanup);

const setup = () => useSetup.getState();
const option = (name: RegExp) => screen.getByRole<HTMLButtonElement>('button', { name });

it('says of every method what it does, in a sentence', () => {
  draw(<MethodCard />);
  for (const method of methodNames)
    expect(screen.getByText(new RegExp(methodFacts[method].about))).toBeTruthy();
  expect(option(/^DINO/).getAttribute('aria-pressed')).toBe('true');
});

it('takes the preset of another method for the same pictures, which stay', () => {
  setFields({ data: 'noise', data_seed: 5, label_seed: 3 });
  draw(<MethodCard />);
  fireEvent.click(option(/^Supervised/));
  expect(setup()).toMatchObject({
    preset: 'supervised-quick',
    recipe: { method: 'supervised', data: 'noise', data_seed: 5, label_seed: 3 },
  });
  act(() => takePreset('photos-quick'));
  fireEvent.click(option(/^PAWS/));
  expect(setup()).toMatchObject({ preset: 'photos-paws-quick', recipe: { data: 'folder' } });
  expect(setup().recipe.support_ce_weight).toBe(findPreset('photos-paws-quick')!.recipe.support_ce_weight);
});

it('names the label loss beside PAWS where it is on, and not where it is off', () => {
  draw(<MethodCard />);
  fireEvent.click(option(/^PAWS/));
  expect(option(/^PAWS \+ CE/).textContent).toContain('an extra that the paper does not have');
  act(() => setFields({ support_ce_weight: 0 }));
  expect(option(/^PAWS/).textContent).not.toContain('CE');
});

it('keeps the method of a run that goes', async () => {
  draw(<MethodCard />);
  await act(start);
  expect(screen.getAllByRole('button', { name: /^(DINO|PAWS|SwAV|Supervised)/ })).toHaveLength(1);
  expect(option(/^DINO/).disabled).toBe(true);
});
