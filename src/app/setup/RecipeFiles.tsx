/** Saving the recipe as a file, and opening one. */

import { Button } from '@mantine/core';
import { useRef } from 'react';
import { useUnderWay } from '../store/facts';
import { reportError } from '../store/notify';
import { saveRecipeFile, takeRecipeFile } from './recipeFile';
import styles from './setup.module.css';

export function RecipeFiles() {
  const input = useRef<HTMLInputElement>(null);
  const underWay = useUnderWay();
  return (
    <div className={styles.pickers}>
      <Button variant="default" size="compact-sm" onClick={saveRecipeFile}>
        Save recipe
      </Button>
      <Button variant="default" size="compact-sm" disabled={underWay} onClick={() => input.current?.click()}>
        Open recipe…
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept="application/json,.json"
        data-testid="recipe-input"
        aria-label="A recipe file"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = '';
          if (file !== undefined) takeRecipeFile(file).catch(reportError);
        }}
      />
    </div>
  );
}
