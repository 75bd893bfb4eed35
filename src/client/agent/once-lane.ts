import type { ClientFrame, Lane } from './lane.ts';

/** A lane that says one kind of frame when it is asked to. */
export interface OnceLane extends Lane {
  /** Says the frame, once, however often it is asked before the stream takes it. */
  ask(): void;
}

/** `makeFrame` is called when the stream takes the frame, so that it tells the newest facts. */
export function createOnceLane(makeFrame: () => ClientFrame, changed: () => void): OnceLane {
  let due = false;
  return {
    ask() {
      due = true;
      changed();
    },
    // What was asked for without a stream to say it on, or before its welcome, is said on the next one.
    online() {},
    offline() {},
    next() {
      if (!due) return undefined;
      due = false;
      return makeFrame();
    },
  };
}
