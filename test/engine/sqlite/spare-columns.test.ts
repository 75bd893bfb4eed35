// Goal: memory of batches is used again, and no more of it is kept than is of use.
// Method: columns of known sizes are given, and counted when they come back.
import { describe, expect, it } from 'vitest';
import { createSpareColumns } from '../../../src/engine/sqlite/spare-columns.ts';
import type { TapeColumns } from '../../../src/engine/sqlite/tape.ts';
import { SQLITE_LIMITS } from '../../../src/limits.ts';

function columns(bytes: number): TapeColumns {
  return { numbers: new Float64Array(8), bytes: new Uint8Array(bytes) };
}

describe('spare columns', () => {
  it('come back, each once', () => {
    const spares = createSpareColumns();
    const [one, two] = [columns(16), columns(16)];
    spares.give(one);
    spares.give(two);
    expect(new Set([spares.take(), spares.take()])).toEqual(new Set([one, two]));
    expect(spares.take()).toBeUndefined();
  });

  it('are as many as are on the way at a time, and no more', () => {
    const spares = createSpareColumns();
    for (let count = 0; count < 10; count++) spares.give(columns(16));
    let kept = 0;
    while (spares.take() !== undefined) kept++;
    expect(kept).toBe(3);
  });

  it('are not kept after a batch of large messages', () => {
    const spares = createSpareColumns();
    spares.give(columns(SQLITE_LIMITS.maxSpareTapeBytes));
    expect(spares.take()).toBeUndefined();
    const most = columns(SQLITE_LIMITS.maxSpareTapeBytes - 8 * Float64Array.BYTES_PER_ELEMENT);
    spares.give(most);
    expect(spares.take()).toBe(most);
  });
});
