import { SQLITE_LIMITS } from '../../limits.ts';
import type { TapeColumns } from './tape.ts';

/** Columns of tapes that were read, to be written anew. */
export interface SpareColumns {
  /** Undefined if there are none: a tape makes its own. */
  take(): TapeColumns | undefined;
  /** For columns that nobody reads any more. */
  give(columns: TapeColumns): void;
}

/** As many as are on the way at a time under load: the one that is written, and two that the worker has. */
const MAX_SPARES = 3;

export function createSpareColumns(): SpareColumns {
  const spares: TapeColumns[] = [];
  return {
    take: () => spares.pop(),
    give(columns) {
      const size = columns.numbers.byteLength + columns.bytes.byteLength;
      if (spares.length < MAX_SPARES && size <= SQLITE_LIMITS.maxSpareTapeBytes) spares.push(columns);
    },
  };
}
