/** The data set that was in use last, so that a reload opens it again. A convenience: nothing breaks without it. */

import * as v from 'valibot';
import { showName } from '../format';
import { ensureData, takePreset } from './actions';
import { warn } from './notify';
import { chooseData, type OwnSet, useSetup } from './setup';

const place = 'pawsaur:set';

const shape = v.object({
  id: v.pipe(v.string(), v.maxLength(64)),
  name: v.string(),
  revision: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

/** Remembers the set in use; null for pictures that need no remembering. */
function rememberSet(own: OwnSet | null): void {
  try {
    if (own === null) localStorage.removeItem(place);
    else localStorage.setItem(place, JSON.stringify(own));
  } catch {
    // Where nothing may be kept, the page begins with the built-in pictures.
  }
}

/** The set that was in use when the page was left, if that was one. It may be gone by now. */
function rememberedSet(): OwnSet | null {
  try {
    const parsed = v.safeParse(shape, JSON.parse(localStorage.getItem(place) ?? 'null'));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}

/**
 * Loads the pictures that the page begins with: the set that was in use last, unless the address asks for built-in
 * ones (`named`). Where it cannot be opened any more, the page begins without it.
 */
export async function loadFirstPictures(named: boolean): Promise<void> {
  const { recipe, preset } = useSetup.getState();
  const last = named && recipe.data !== 'folder' ? null : rememberedSet();
  if (last === null) return ensureData();
  useSetup.setState({ own: last });
  chooseData('folder');
  await ensureData();
  const { dataError, own } = useSetup.getState();
  if (dataError === null || own?.id !== last.id) return;
  rememberSet(null);
  useSetup.setState({ own: null, dataError: null });
  warn(`${showName(last.name)} could not be opened`, `${dataError.message} ${dataError.hint ?? ''}`.trim());
  if (recipe.data !== 'folder') takePreset(preset);
}

/** Remembers which set is in use from now on. Returns the way to stop that. */
export function followLastSet(): () => void {
  return useSetup.subscribe((now, before) => {
    const used = (setup: typeof now) => (setup.recipe.data === 'folder' ? setup.own : null);
    if (used(now) !== used(before)) rememberSet(used(now));
  });
}
