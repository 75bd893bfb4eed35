import type { MessageKey } from '../../engine/engine.ts';
import { TRACE_LIMITS } from '../../limits.ts';

/**
 * The spans under which messages without a `traceparent` of their own were accepted, so that what becomes of them
 * joins the same trace: an envelope is forwarded as it came, and nothing can be written into it. The newest are
 * remembered, and none beyond the life of the process; the delivery of a forgotten one begins a trace of its own.
 */
export interface KnownTraces {
  add(message: MessageKey, traceparent: string): void;
  get(message: MessageKey): string | undefined;
}

export function createKnownTraces(): KnownTraces {
  // Two halves, of which the older goes as a whole: a map that loses its oldest entry with each new one is slow.
  let newer = new Map<string, string>();
  let older = newer;
  return {
    add(message, traceparent) {
      if (newer.size >= TRACE_LIMITS.maxOpen / 2) {
        older = newer;
        newer = new Map();
      }
      newer.set(keyOf(message), traceparent);
    },
    get(message) {
      const key = keyOf(message);
      return newer.get(key) ?? older.get(key);
    },
  };
}

/** Neither id has a space in it. */
function keyOf({ sender, messageId }: MessageKey): string {
  return `${sender} ${messageId}`;
}
