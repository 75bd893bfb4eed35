import type { HandlerContext } from '@connectrpc/connect';
import type { Caller } from '../bus/caller.ts';
import { TRACEPARENT } from '../bus/valid-traceparent.ts';
import { hangUpKey } from './hang-up.ts';
import { callerOf } from './identity.ts';

/** What a service is told of a call besides its request, whatever carries it. */
export interface Call {
  readonly caller: Caller;
  /** Aborts when the call ends, however it ends, with the error if it was no good end. */
  readonly signal: AbortSignal;
  /** `traceparent` of the header, whatever it says. */
  readonly traceparent: string | undefined;
  /** Milliseconds that are left until the deadline, negative when it has passed; undefined if there is none. */
  timeoutMs(): number | undefined;
  /** Breaks the call off, without a word. */
  hangUp(): void;
}

/** A call as Connect tells of it. */
export function callOf(context: HandlerContext): Call {
  return {
    caller: callerOf(context),
    signal: context.signal,
    traceparent: context.requestHeader.get(TRACEPARENT) ?? undefined,
    timeoutMs: context.timeoutMs,
    hangUp: context.values.get(hangUpKey),
  };
}
