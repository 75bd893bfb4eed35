import type { SessionEvent as SessionEventMessage } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { CLIENT_LIMITS } from '../client-limits.ts';
import { AgentbusError } from '../errors.ts';
import { endsSession, type SessionEvent, toSessionEvent } from '../records.ts';
import type { Lane } from './lane.ts';

/** Sessions that the agent follows over its stream. */
export interface Watches extends Lane {
  /** Follows a session from after a sequence until it has ended. */
  watch(sessionId: string, after: number): AsyncGenerator<SessionEvent, void, undefined>;
  /** News of the bus. */
  receive(events: readonly SessionEventMessage[]): void;
  /** The bus refuses to let this session be followed. */
  refuse(sessionId: string, error: AgentbusError): void;
  /** The agent has left: whoever follows a session is told so. */
  fail(error: AgentbusError): void;
}

/** One reader of one session. */
interface Reader {
  readonly sessionId: string;
  /** Sequence of the last event that was buffered. */
  last: number;
  readonly buffer: SessionEventMessage[];
  /** Whether events were missed, as the buffer was full. */
  behind: boolean;
  error: AgentbusError | undefined;
  wake(): void;
}

/**
 * Makes the lane. Readers of the same session share one watch of the bus, which starts at the one that is
 * furthest behind; each takes only the event that follows its last one, so a repeated event is skipped and
 * a reader that was too slow, or lost its stream, continues where it was.
 */
export function createWatches({ changed }: { changed(): void }): Watches {
  const readers = new Set<Reader>();
  /** Sessions whose watch is to be started, moved or stopped. */
  const due = new Set<string>();
  let over: AgentbusError | undefined;

  const readersOf = (sessionId: string): Reader[] => [...readers].filter((reader) => reader.sessionId === sessionId);

  function ask(sessionId: string): void {
    due.add(sessionId);
    changed();
  }

  function receiveOne(event: SessionEventMessage): void {
    const sequence = Number(event.sequence);
    for (const reader of readersOf(event.sessionId)) {
      if (sequence !== reader.last + 1 || reader.behind) continue;
      if (reader.buffer.length >= CLIENT_LIMITS.maxBufferedEvents) {
        reader.behind = true;
        continue;
      }
      reader.buffer.push(event);
      reader.last = sequence;
      reader.wake();
    }
  }

  async function* read(reader: Reader): AsyncGenerator<SessionEvent, void, undefined> {
    check(reader);
    reader.error = over;
    readers.add(reader);
    ask(reader.sessionId);
    try {
      for (;;) {
        const event = reader.buffer.shift();
        if (event !== undefined) {
          yield toSessionEvent(event);
          if (endsSession(event)) return;
        } else if (reader.error !== undefined) {
          throw reader.error;
        } else if (reader.behind) {
          reader.behind = false;
          ask(reader.sessionId);
        } else {
          await new Promise<void>((resolve) => (reader.wake = resolve));
        }
      }
    } finally {
      readers.delete(reader);
      if (readersOf(reader.sessionId).length === 0) ask(reader.sessionId);
    }
  }

  function failAll(failing: Iterable<Reader>, error: AgentbusError): void {
    for (const reader of failing) {
      reader.error = error;
      reader.wake();
    }
  }

  return {
    watch: (sessionId, after) =>
      read({ sessionId, last: after, buffer: [], behind: false, error: undefined, wake() {} }),
    receive(events) {
      for (const event of events) receiveOne(event);
    },
    refuse: (sessionId, error) => failAll(readersOf(sessionId), error),
    fail(error) {
      over = error;
      failAll(readers, error);
    },
    online() {
      due.clear();
      for (const { sessionId } of readers) due.add(sessionId);
    },
    offline() {},
    next() {
      for (const sessionId of due) {
        due.delete(sessionId);
        const cursors = readersOf(sessionId).map(({ last }) => last);
        if (cursors.length === 0) return { case: 'unwatch', value: { sessionId } };
        return { case: 'watch', value: { sessionId, afterSequence: BigInt(Math.min(...cursors)) } };
      }
      return undefined;
    },
  };
}

/** What no frame can say is refused here: it would cost the stream, or the bus could not say which watch it refuses. */
function check({ sessionId, last }: Reader): void {
  if (sessionId !== '' && Number.isSafeInteger(last) && last >= 0) return;
  const message = `there is nothing to follow in session ${JSON.stringify(sessionId)} after ${last}`;
  throw new AgentbusError({ code: 'INVALID_ARGUMENT', message });
}
