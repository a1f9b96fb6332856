import { describe, it } from 'vitest';
import { expectClose, loadFixture } from '../checkpoint/parity';
import { attentionMasks, classTokenAttention, enlargeNearest } from './attentionMask';

describe('attention masks against the official visualisation', () => {
  const golden = loadFixture('attention_mask');
  const rows = golden.number('grid_rows');
  const cols = golden.number('grid_cols');
  const patch = golden.number('patch_size');
  const attention = classTokenAttention(golden.floats('attention'), 1 + rows * cols);

  // The names are the thresholds as written in the file, which a number would not always give back.
  const thresholds = golden.names('mask/').map((name) => name.slice('mask/'.length));

  it.each(thresholds)('keeps the same patches and pixels at threshold %s', (threshold) => {
    const masks = attentionMasks(attention, rows * cols, Number(threshold));
    expectClose(golden, `mask/${threshold}`, masks);
    expectClose(golden, `mask_full/${threshold}`, enlargeNearest(masks, rows, cols, patch));
  });

  it('enlarges the map itself in the same way', () => {
    expectClose(golden, 'heatmap', enlargeNearest(attention, rows, cols, patch));
  });
});
