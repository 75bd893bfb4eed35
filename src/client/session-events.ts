import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Client } from '@connectrpc/connect';
import type {
  SessionEvent as SessionEventMessage,
  SessionEventType,
} from '../../gen/ts/agentbus/v1/session_event_pb.js';
import type { SessionService, WatchSessionRequestSchema } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { type BackoffOptions, createBackoff } from './backoff.ts';
import { toCallError } from './bus-transport.ts';
import { CLIENT_LIMITS } from './client-limits.ts';
import { endsSession, type SessionEvent, toSessionEvent } from './records.ts';
import { sleep } from './sleep.ts';
import { withAddress } from './unreachable.ts';

/** Which events of a session to follow. */
export interface EventQuery {
  /** Sequence of the last event that the caller has. Default 0: all events. */
  readonly after?: number;
  /** Only events of these types. Default: all. */
  readonly types?: readonly SessionEventType[];
  /** Ends the iteration, which then throws CANCELLED. Leaving the loop ends it as well. */
  readonly signal?: AbortSignal;
}

/** What following a session needs. */
export interface EventSource {
  readonly sessions: Client<typeof SessionService>;
  readonly sessionId: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly backoff?: BackoffOptions | undefined;
  /** Where the bus is, for the texts of errors. */
  readonly address?: string | undefined;
  /** Aborts when the client closes. */
  readonly closed: AbortSignal;
}

/**
 * Yields a session's events, each once and in order, until the session has ended. A lost connection
 * is taken up again after the last event that was yielded, for as long as it takes; an
 * error that the bus gives for the session itself, such as SESSION_NOT_FOUND, is thrown.
 */
export async function* followSession(
  source: EventSource,
  query: EventQuery,
): AsyncGenerator<SessionEvent, void, undefined> {
  // The generated client offers no way to leave a stream but its signal.
  const left = new AbortController();
  const signal = AbortSignal.any([left.signal, source.closed, ...(query.signal ? [query.signal] : [])]);
  const backoff = createBackoff(source.random, source.backoff);
  let last = query.after ?? 0;
  try {
    for (;;) {
      try {
        const request = { sessionId: source.sessionId, afterSequence: BigInt(last), types: [...(query.types ?? [])] };
        for await (const event of watchOnce(source, request, signal)) {
          backoff.reset();
          if (event === undefined || Number(event.sequence) <= last) continue;
          last = Number(event.sequence);
          yield toSessionEvent(event);
          if (endsSession(event)) return;
        }
        // The bus ends the stream itself only with the session, whose last event a filter may hide.
        return;
      } catch (thrown) {
        const error = toCallError(thrown, signal);
        if (error.code !== 'UNAVAILABLE') throw withAddress(error, source.address);
      }
      await sleep(source.clock, backoff.next(), signal);
    }
  } finally {
    left.abort();
  }
}

/**
 * One stream of a session. It is broken off when nothing comes for so long that the connection must be dead: browsers do not
 * notice that by themselves. The first response only opens the stream and is left out: it is no sign that the stream holds.
 */
async function* watchOnce(
  { sessions, clock }: EventSource,
  request: MessageInitShape<typeof WatchSessionRequestSchema>,
  signal: AbortSignal,
): AsyncGenerator<SessionEventMessage | undefined, void, undefined> {
  const silence = new AbortController();
  const startTimer = () => clock.setTimer(() => silence.abort(), CLIENT_LIMITS.watchSilenceMs);
  let timer = startTimer();
  let isOpen = false;
  try {
    for await (const { event } of sessions.watchSession(request, {
      signal: AbortSignal.any([signal, silence.signal]),
    })) {
      timer.cancel();
      // No timer runs while the reader is busy with the event: it may take its time.
      if (isOpen || event !== undefined) yield event;
      isOpen = true;
      timer = startTimer();
    }
  } finally {
    timer.cancel();
  }
}
