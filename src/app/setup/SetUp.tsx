/** The left column: pictures, method, recipe. */

import { MethodCard } from './MethodCard';
import { PicturesCard } from './PicturesCard';
import { RecipeCard } from './RecipeCard';

export function SetUp() {
  return (
    <>
      <PicturesCard />
      <MethodCard />
      <RecipeCard />
    </>
  );
}
