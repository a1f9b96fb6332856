/** The left column: pictures, method, labels, recipe. */

import { LabelsCard } from './LabelsCard';
import { MethodCard } from './MethodCard';
import { PicturesCard } from './PicturesCard';
import { RecipeCard } from './RecipeCard';

export function SetUp() {
  return (
    <>
      <PicturesCard />
      <MethodCard />
      <LabelsCard />
      <RecipeCard />
    </>
  );
}
