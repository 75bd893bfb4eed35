import { fromBinary } from '@bufbuild/protobuf';
import { SessionEventSchema } from '../../gen/ts/agentbus/v1/session_event_pb.js';
import type { EndedMessage, Engine, Lease, LeaseRequest, Write } from '../../src/engine/engine.ts';
import { type EventLine, lineOf } from './event-line.ts';

export interface TappedEngineOptions {
  readonly engine: Engine;
  /** Gets the events of every write in the order of the decisions. */
  wrote(lines: readonly EventLine[], sequences: readonly number[]): void;
  /** Gets what was leased to whoever takes it. */
  leased(request: LeaseRequest, leases: readonly Lease[]): void;
  /** Holds the answer of a read back for as long as it likes. */
  hold<T>(answer: Promise<T>, label: string): Promise<T>;
}

/** An engine as one bus after the other has it: closing it ends that bus's part and returns its leases. */
export function tapEngine({ engine, wrote, leased, hold }: TappedEngineOptions): Engine {
  const holders = new Map<string, Set<string>>();
  let over = false;
  const whileOpen =
    <Args extends unknown[]>(listener: (...args: Args) => void) =>
    (...args: Args): void => {
      if (!over) listener(...args);
    };
  const { journal, mailboxes, messages, sessions } = engine;
  return {
    ...engine,
    journal: {
      flush: () => journal.flush(),
      commit(write: Write) {
        if (over) return new Promise(() => undefined);
        const { append } = write;
        const events = (append?.events ?? []).map((bytes) => fromBinary(SessionEventSchema, bytes));
        wrote(
          events.map(lineOf),
          events.map((event) => Number(event.sequence)),
        );
        return journal.commit(write);
      },
      accept(messages, callbacks) {
        if (!over) journal.accept(messages, callbacks);
      },
    },
    messages: {
      find: (keys) => hold(messages.find(keys), 'find'),
      envelope: (key) => hold(messages.envelope(key), 'envelope'),
    },
    sessions: { ...sessions, load: (sessionId) => hold(sessions.load(sessionId), 'load') },
    mailboxes: {
      ...mailboxes,
      async lease(request) {
        const { agentId, holder } = request;
        holders.set(agentId, (holders.get(agentId) ?? new Set()).add(holder));
        const leases = await mailboxes.lease(request);
        leased(request, leases);
        return leases;
      },
      subscribe: (agentId, listener) => mailboxes.subscribe(agentId, whileOpen(listener)),
      onEnded: (listener: (message: EndedMessage) => void) => mailboxes.onEnded(whileOpen(listener)),
    },
    async close() {
      over = true;
      for (const [agentId, names] of holders) {
        for (const holder of names) mailboxes.releaseHolder(agentId, holder, []);
      }
      await journal.flush();
    },
  };
}
