import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { type SessionEvent, SessionEventSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import type { Session } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type { Mailboxes, MessageKey, NewMessage, Withdrawal } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Random } from '../../lib/random.ts';
import type { Change } from './change.ts';
import type { EventBody } from './event-body.ts';
import { evolve } from './evolve.ts';
import { evolveTasks } from './evolve-tasks.ts';
import { overlay, type TaskMap } from './task-map.ts';

/**
 * A change in the making. One decision often brings another about: a task that ends moves the workflow on, which
 * may end the session, which calls off other tasks. Each step sees the session as the steps before it left it, and all
 * of them are written together or not at all.
 */
export interface Draft {
  /** Milliseconds since the epoch; the same for the whole change. */
  readonly now: number;
  readonly random: Random;
  /** The session with all that was added. */
  readonly session: Session;
  /** Its tasks with all that was added. */
  readonly tasks: TaskMap;
  add(body: EventBody): void;
  /** Whether a message of so many bytes would still fit into a mailbox, with those that the draft sends there. */
  hasRoom(agentId: string, bytes: number): boolean;
  /** Keeps room for a message that follows, so that none sent before it takes its place. The result lets go of it. */
  reserve(agentId: string, bytes: number): () => void;
  /** Adds a message. Whoever adds it has asked for room. */
  send(message: NewMessage): void;
  withdraw(mail: Withdrawal): void;
  forget(message: MessageKey): void;
  /** What is to be written. It must be handed on in the same synchronous stretch in which the draft was opened. */
  change(): Change;
}

/** Where a draft starts from. */
export interface DraftBase {
  readonly sessionId: string;
  /** Undefined for a session that the draft begins. */
  readonly decided: Session | undefined;
  readonly tasks: TaskMap;
}

/** Starts a change of a session; nothing of the session is touched. */
export type OpenDraft = (base: DraftBase) => Draft;

export interface DraftSurroundings {
  readonly clock: Clock;
  readonly random: Random;
  readonly mailboxes: Pick<Mailboxes, 'admit'>;
}

export function createDrafts({ clock, random, mailboxes }: DraftSurroundings): OpenDraft {
  return ({ sessionId, decided, tasks: before }) => {
    const now = clock.now();
    const tasks = overlay(before);
    const bodies: EventBody[] = [];
    const messages: NewMessage[] = [];
    const withdraw: Withdrawal[] = [];
    const forget: MessageKey[] = [];
    const room = createRoom(mailboxes);
    let session = decided;
    return {
      now,
      random,
      get session() {
        if (session === undefined) throw new Error(`the draft of session ${sessionId} has no first event yet`);
        return session;
      },
      tasks,
      add(body) {
        const event = numbered({ sessionId, lastSequence: session?.lastSequence ?? 0n }, body, now);
        session = evolve(session, event);
        evolveTasks(tasks, event);
        bodies.push(body);
      },
      hasRoom: room.has,
      reserve(agentId, bytes) {
        room.take(agentId, bytes);
        return () => room.giveBack(agentId, bytes);
      },
      send(message) {
        messages.push(message);
        for (const recipient of message.recipients) room.take(recipient, message.envelope.length);
      },
      withdraw: (mail) => void withdraw.push(mail),
      forget: (message) => void forget.push(message),
      change: () => ({ bodies, messages, withdraw, forget }),
    };
  };
}

type Position = Pick<Session, 'sessionId' | 'lastSequence'>;

/** Actor and cause do not matter to the folds, and are known when the change is written. */
function numbered({ sessionId, lastSequence }: Position, body: EventBody, now: number): SessionEvent {
  return create(SessionEventSchema, { sessionId, sequence: lastSequence + 1n, time: timestampFromMs(now), body });
}

/** What mailboxes have room for beside what the draft sends to them already. */
function createRoom(mailboxes: Pick<Mailboxes, 'admit'>) {
  const taken = new Map<string, { messages: number; bytes: number }>();
  const change = (agentId: string, messages: number, bytes: number): void => {
    const before = taken.get(agentId) ?? { messages: 0, bytes: 0 };
    taken.set(agentId, { messages: before.messages + messages, bytes: before.bytes + bytes });
  };
  return {
    has(agentId: string, bytes: number): boolean {
      const { messages, bytes: others } = taken.get(agentId) ?? { messages: 0, bytes: 0 };
      return mailboxes.admit(agentId, others + bytes, messages + 1).ok;
    },
    take: (agentId: string, bytes: number) => change(agentId, 1, bytes),
    giveBack: (agentId: string, bytes: number) => change(agentId, -1, -bytes),
  };
}
