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
  const known = new Map<string, string>();
  return {
    add(message, traceparent) {
      known.set(keyOf(message), traceparent);
      if (known.size <= TRACE_LIMITS.maxOpen) return;
      const [oldest] = known.keys();
      if (oldest !== undefined) known.delete(oldest);
    },
    get: (message) => known.get(keyOf(message)),
  };
}

/** Neither id has a space in it. */
function keyOf({ sender, messageId }: MessageKey): string {
  return `${sender} ${messageId}`;
}
