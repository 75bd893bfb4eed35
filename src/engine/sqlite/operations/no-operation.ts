import type { Operation } from '../operation.ts';

/** Does nothing in its turn: whoever awaits it knows that all before it is durable. */
export const noOperation: Operation<void, void> = {
  writes: false,
  encode() {},
  prepare: () => () => {},
  decode() {},
};
