import { constants, type ServerHttp2Stream } from 'node:http2';
import { Code, ConnectError } from '@connectrpc/connect';
import type { Logger } from 'pino';
import type { Caller } from '../../bus/caller.ts';
import type { Clock, Timer } from '../../lib/clock.ts';
import type { HeldBytes } from '../bodies/held-bytes.ts';
import type { Call } from '../call.ts';
import { type CallRecord, logCall } from '../call-record.ts';
import { logFault, toConnectError } from '../errors.ts';
import { logLateError } from '../interceptors/deadline.ts';
import { OK_TRAILER, resetError, trailerOf } from './status.ts';

/** What calls of the lane share. */
export interface LeanCallContext {
  readonly log: Logger;
  readonly clock: Clock;
  readonly held: HeldBytes;
  /** Those that have not ended. */
  readonly open: Set<LeanCall>;
}

export interface LeanCallOptions {
  readonly stream: ServerHttp2Stream;
  readonly traceparent: string | undefined;
  readonly record: CallRecord;
  /** Milliseconds from now; undefined for no deadline. */
  readonly timeoutMs: number | undefined;
  /** Called when the call is no longer under way. */
  ended(): void;
}

const RESPONSE_HEADER = { ':status': 200, 'content-type': 'application/grpc+proto' } as const;

/**
 * One call on an HTTP/2 stream: it has a deadline, a record and an end, which is the first of several things that can
 * happen to it. What costs something and is seldom asked for, such as its signal, is made when it is.
 */
export class LeanCall implements Call {
  readonly stream: ServerHttp2Stream;
  readonly record: CallRecord;
  readonly context: LeanCallContext;
  readonly traceparent: string | undefined;
  /** Who takes over when the call ends from outside, and ends it by `fail`. Without anybody it fails at once. */
  onAbort: ((error: unknown) => void) | undefined;
  /** The stream is gone, and there is no last word to wait for: who knows why the call ends has to say so now. */
  onClose: (() => void) | undefined;
  readonly #deadlineAt: number | undefined;
  #ended: () => void;
  #timer: Timer | undefined;
  #controller: AbortController | undefined;
  #aborted: { readonly error: unknown } | undefined;
  #over = false;
  #trailer = OK_TRAILER;

  constructor(options: LeanCallOptions, context: LeanCallContext) {
    const { stream, traceparent, record, timeoutMs, ended } = options;
    this.stream = stream;
    this.record = record;
    this.context = context;
    this.traceparent = traceparent;
    this.#ended = ended;
    context.open.add(this);
    // Whoever breaks off is heard of by the close that follows; without a listener the error would end the process.
    stream.on('error', ignore);
    stream.on('close', () => this.#closed());
    if (timeoutMs === undefined) return;
    this.#deadlineAt = context.clock.now() + timeoutMs;
    if (timeoutMs > 0) this.#timer = context.clock.setTimer(() => this.abort(timedOut()), timeoutMs);
  }

  /** Whether the call has ended: nothing that it brings about reaches its client any more. */
  get over(): boolean {
    return this.#over;
  }

  /** Whether the stream still takes a response. */
  get canWrite(): boolean {
    return !this.#over && !this.stream.destroyed && !this.stream.closed;
  }

  /**
   * Whether the client has reset the stream under the call. Node ends what is read of a request then, as if that were all of it; the
   * call itself ends with the close that follows.
   */
  get calledOff(): boolean {
    return this.stream.aborted;
  }

  /** Throws if the deadline had passed when the call came. */
  requireTime(): void {
    if (this.#deadlineAt !== undefined && this.#timer === undefined) throw timedOut();
  }

  get caller(): Caller {
    if (this.record.caller === undefined) throw new Error('the call was let in without an identity');
    return this.record.caller;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted !== undefined) this.#controller.abort(this.#aborted.error);
      else if (this.#over) this.#controller.abort(ENDED);
    }
    return this.#controller.signal;
  }

  timeoutMs(): number | undefined {
    return this.#deadlineAt === undefined ? undefined : this.#deadlineAt - this.context.clock.now();
  }

  hangUp(): void {
    this.stream.close(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  }

  /** Ends the call from outside: its time is over, its client has gone, or the bus stops. */
  abort(error: unknown): void {
    if (this.#over || this.#aborted !== undefined) return;
    this.#aborted = { error };
    this.#controller?.abort(error);
    if (this.onAbort === undefined) this.fail(error);
    else this.onAbort(error);
  }

  /** Ends the call with an error, and says so if anybody is there to be told. */
  fail(reason: unknown): void {
    if (this.#over) {
      logLateError(this.context.log, reason);
      return;
    }
    const error = logFault(this.context.log, toConnectError(reason));
    this.#end(error);
    const { stream } = this;
    if (stream.destroyed || stream.closed) return;
    this.#trailer = trailerOf(error);
    if (stream.headersSent) {
      stream.end();
      return;
    }
    stream.respond({ ...RESPONSE_HEADER, ...this.#trailer }, { endStream: true });
    this.#letGoOfRequest();
  }

  /** Begins the response: messages may be written to the stream. */
  respond(): void {
    const { stream } = this;
    stream.respond(RESPONSE_HEADER, { waitForTrailers: true });
    stream.on('wantTrailers', () => {
      if (!stream.destroyed) stream.sendTrailers(this.#trailer);
      this.#leave();
      this.#letGoOfRequest();
    });
  }

  /** Ends the call well; the response is on its way. */
  succeed(): void {
    if (!this.#over) this.#end(undefined);
  }

  #end(error: ConnectError | undefined): void {
    this.#over = true;
    this.#timer?.cancel();
    this.context.open.delete(this);
    this.#controller?.abort(error ?? ENDED);
    logCall(this.context.log, this.record, error);
    if (!this.stream.headersSent) this.#leave();
  }

  /** The call is under way no more: a response that was begun has been written, or nobody is there to read it. */
  #leave(): void {
    const ended = this.#ended;
    this.#ended = ignore;
    ended();
  }

  #closed(): void {
    if (!this.#over) {
      const error = resetError(this.stream.rstCode ?? constants.NGHTTP2_CANCEL);
      this.abort(error);
      this.onClose?.();
      if (!this.#over) this.fail(error);
    }
    this.#leave();
  }

  /**
   * What a client still sends when its call is answered would use up the window of its connection: it is asked to stop,
   * without an error (RFC 9113, section 8.1). What came before that is dropped then, and not earlier: as long as nobody reads it,
   * the client may not send more.
   */
  #letGoOfRequest(): void {
    const { stream } = this;
    if (stream.readableEnded) return;
    setImmediate(() => {
      if (stream.readableEnded) return;
      stream.close(constants.NGHTTP2_NO_ERROR);
      stream.removeAllListeners('data');
      stream.resume();
    });
  }
}

/** Why a signal is aborted whose call went well. One for all: errors are dear, and nobody looks at it. */
const ENDED = new ConnectError('the call ended', Code.Canceled);

function ignore(): void {}

function timedOut(): ConnectError {
  return new ConnectError('the operation timed out', Code.DeadlineExceeded);
}
