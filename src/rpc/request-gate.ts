import { ConnectError, type HandlerContext } from '@connectrpc/connect';
import type { Logger } from 'pino';
import type { Caller } from '../bus/caller.ts';
import { type CallRecord, logCall, recordCall } from './call-record.ts';
import { type DrainSignal, drainingError } from './drain-signal.ts';
import { logFault, reasonOf, toConnectError } from './errors.ts';
import { authenticate, type Credentials, callerKey, credentialsOf, type Keys } from './identity.ts';
import type { OpenCalls } from './open-calls.ts';
import { isOpenService } from './open-services.ts';
import { requireReadableQuery } from './query-message.ts';
import { blameRequest } from './transport-errors.ts';

export interface GateOptions {
  readonly keys: Keys;
  readonly drain: DrainSignal;
  readonly log: Logger;
  readonly openCalls: OpenCalls;
}

/**
 * The first thing that happens to a call: it gets a record and an identity, or is refused. Interceptors
 * would come too late for that: Connect reads and decodes a unary request before it runs them, so anybody
 * could make the bus decode megabytes.
 */
export function createRequestGate(options: GateOptions): (context: HandlerContext) => void {
  return (context) => {
    const record = recordCall(context);
    const ended = options.openCalls.begin(context.method.methodKind === 'unary' ? 'unary' : 'stream');
    const end = () => {
      ended();
      whenEnded(context, record, options.log);
    };
    if (context.signal.aborted) end();
    else context.signal.addEventListener('abort', end, { once: true });
    completeLateErrors(context, record, options.log);
    try {
      if (!isOpenService(context.service.typeName)) {
        record.caller = admit(credentialsOf(context.requestHeader), options);
        context.values.set(callerKey, record.caller);
      }
      requireReadableQuery(context);
    } catch (error) {
      throw logFault(options.log, toConnectError(error));
    }
  };
}

/** Lets a call in, or throws why not: DRAINING once the bus is going to stop, or what {@link authenticate} throws. */
export function admit(credentials: Credentials, { drain, keys }: Pick<GateOptions, 'drain' | 'keys'>): Caller {
  if (drain.draining) throw drainingError(drain);
  return authenticate(credentials, keys);
}

/**
 * The signal aborts whenever a call ends, and with the error itself if it ends by one, before Connect writes that
 * error out. That makes this the one place that sees what no interceptor does: a body that could not
 * be read, a response that could not be written.
 */
function whenEnded(context: HandlerContext, record: CallRecord, log: Logger): void {
  const error: unknown = context.signal.reason;
  complete(error, record, log);
  if (!record.reached) logCall(log, record, error);
}

/**
 * A signal aborts once. When the deadline passed while a request was read, and then the request turns out to be
 * no message, it is that second error which Connect writes; it says so to `abort` before.
 */
function completeLateErrors(context: HandlerContext, record: CallRecord, log: Logger): void {
  const ending = context as HandlerContext & { abort(reason?: unknown): void };
  const { abort } = ending;
  ending.abort = (reason) => {
    complete(reason, record, log);
    abort(reason);
  };
}

/** Gives an error of Connect's own its reason, in place. */
function complete(error: unknown, record: CallRecord, log: Logger): void {
  if (!(error instanceof ConnectError) || reasonOf(error) !== undefined) return;
  if (!record.reached) blameRequest(error);
  logFault(log, toConnectError(error));
}
