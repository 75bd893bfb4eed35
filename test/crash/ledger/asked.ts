/**
 * Something that a client asked of the bus, and what it knows of the outcome. Order numbers count everything that happens to the
 * ledger, so that two facts of different clients can be compared: `a.confirmed < b.attempted` means that the answer to
 * `a` was there before `b` was asked.
 *
 * Neither `confirmed` nor `refused` means **unknown**: the answer did not arrive. The bus may have done it or not, and the
 * checks have to allow both.
 */
export interface Asked {
  /** Order number of the moment before it was asked. */
  readonly attempted: number;
  /** The run of the bus that was asked, counted from 1. */
  readonly run: number;
  /** Order number of the moment after the bus said that it is done. */
  confirmed?: number;
  /** Order number of the moment after the bus said that it is not done, and changed nothing. */
  refused?: number;
}

/** Whether the answer did not arrive. */
export function isUnknown(asked: Asked): boolean {
  return asked.confirmed === undefined && asked.refused === undefined;
}

/** Whether it may be in force: confirmed or unknown. */
export function mayHold(asked: Asked): boolean {
  return asked.refused === undefined;
}

/** Whether it was confirmed before order number `order`: a copy of the data made from then on must have it. */
export function confirmedBefore(asked: Asked, order: number): boolean {
  return asked.confirmed !== undefined && asked.confirmed < order;
}

/** Whether it was asked before order number `order`: a copy of the data made before that cannot have it otherwise. */
export function attemptedBefore(asked: Asked, order: number): boolean {
  return asked.attempted < order;
}
