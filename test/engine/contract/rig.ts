import { expect } from 'vitest';
import type {
  Acknowledgement,
  EndedMessage,
  Engine,
  EngineError,
  EngineErrorCode,
  EngineLimits,
  Forgotten,
  Lease,
  LeaseRequest,
  MessageKey,
  MessageRecord,
  NewMessage,
  SessionAppend,
  StoredDeadLetter,
  Withdrawal,
} from '../../../src/engine/engine.ts';
import type { FakeClock } from '../../fake-clock.ts';
import type { ContractOptions, OpenedEngine } from '../contract.ts';

/** One promise of the contract. */
export interface ContractCase {
  readonly name: string;
  run(rig: Rig): Promise<void>;
}

/** What a case works with. */
export interface Rig {
  /** The engine that is open now; `reopen` changes it. */
  readonly engine: Engine;
  readonly clock: FakeClock;
  readonly limits: EngineLimits;
  /** What the observer was told, over all openings. */
  readonly observed: Observed;
  /** A message to AGENT that nobody has sent yet. */
  message(overrides?: Partial<NewMessage>): NewMessage;
  /** Accepts messages together; resolves with the refusals, rejects when the store fails. */
  accept(messages: readonly NewMessage[]): Promise<ReadonlyMap<number, EngineError> | undefined>;
  /** Commits a message and returns it. */
  send(overrides?: Partial<NewMessage>): Promise<NewMessage>;
  lease(overrides?: Partial<LeaseRequest>): Promise<Lease[]>;
  /** Leases exactly one message. */
  leaseOne(overrides?: Partial<LeaseRequest>): Promise<Lease>;
  /** Everything that is available, without leaving it leased. */
  peek(): Promise<Lease[]>;
  /** The record of the first copy. */
  record(key: MessageKey): Promise<MessageRecord | undefined>;
  /** The records of all copies. */
  records(key: MessageKey): Promise<MessageRecord[]>;
  /** Takes back what a mailbox, AGENT's unless another is named, holds of a message. */
  withdraw(key: MessageKey, overrides?: Partial<Withdrawal>): Promise<void>;
  /** Acknowledges in AGENT's mailbox unless another is named. */
  acknowledge(leases: readonly Lease[], agentId?: string): Promise<Acknowledgement>;
  /** Sends a message and makes a dead letter of it. Nothing else may wait. */
  die(overrides?: Partial<NewMessage>): Promise<NewMessage>;
  /** The dead letters of AGENT, unless another mailbox is named. */
  deadLetters(agentId?: string): Promise<readonly StoredDeadLetter[]>;
  /** Appends events, each given as text. */
  append(sessionId: string, expectedSequence: number, more?: MoreOfAppend): Promise<void>;
  /** Lets some minutes pass, in which an engine forgets what it may forget. */
  letMinutesPass(minutes?: number): Promise<void>;
  reopen(how: 'closed' | 'crashed'): Promise<void>;
}

export interface MoreOfAppend extends Partial<Omit<SessionAppend, 'events' | 'snapshot'>> {
  readonly texts?: readonly string[];
  readonly snapshotText?: string;
}

export interface Observed {
  readonly committed: { readonly writes: number; readonly durationMs: number }[];
  readonly deadLettered: EndedMessage[];
  readonly expired: EndedMessage[];
  /** What `onEnded` told. */
  readonly ended: EndedMessage[];
  readonly forgotten: Forgotten[];
  /** What `onForgotten` told. */
  readonly forgottenSessions: string[];
  readonly failed: EngineError[];
}

export const AGENT = 'test://receiver';
export const SENDER = 'test://sender';

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export function text(value: Uint8Array): string {
  return new TextDecoder().decode(value);
}

/** Envelopes as text, in order. */
export function texts(leases: readonly Lease[]): string[] {
  return leases.map((lease) => text(lease.envelope));
}

/** Awaits the refusal that `work` must meet, and returns its facts. */
export async function refusal(work: Promise<unknown>, code: EngineErrorCode): Promise<EngineError['facts']> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'EngineError', code });
  return (error as EngineError).facts;
}

export interface RigOptions {
  readonly clock: FakeClock;
  readonly limits: EngineLimits;
  open(options: ContractOptions): Promise<OpenedEngine>;
  /** Told of every engine that the rig opens. */
  disposeLater(opened: OpenedEngine): void;
}

export async function createRig({ clock, limits, open, disposeLater }: RigOptions): Promise<Rig> {
  const observed: Observed = {
    committed: [],
    deadLettered: [],
    expired: [],
    ended: [],
    forgotten: [],
    forgottenSessions: [],
    failed: [],
  };
  let opened = await open({
    clock,
    limits,
    observer: {
      committed: (writes, durationMs) => void observed.committed.push({ writes, durationMs }),
      deadLettered: (message) => void observed.deadLettered.push(message),
      expired: (message) => void observed.expired.push(message),
      forgotten: (what) => void observed.forgotten.push(what),
      failed: (error) => void observed.failed.push(error),
    },
  });
  disposeLater(opened);
  let sent = 0;
  const lease: Rig['lease'] = (overrides) =>
    opened.engine.mailboxes.lease({
      agentId: AGENT,
      holder: 'holder-1',
      limit: 100,
      maxBytes: 1_000_000,
      leaseMs: 30_000,
      ...overrides,
    });
  const newMessage: Rig['message'] = (overrides) => {
    const messageId = overrides?.messageId ?? `message-${++sent}`;
    return {
      sender: SENDER,
      messageId,
      fingerprint: bytes(`fingerprint of ${messageId}`),
      recipients: [AGENT],
      priority: 2,
      acceptedAt: clock.now(),
      envelope: bytes(messageId),
      ...overrides,
    };
  };
  const send: Rig['send'] = async (overrides) => {
    const message = newMessage(overrides);
    await opened.engine.journal.commit({ messages: [message] });
    return message;
  };
  const records: Rig['records'] = async (key) => (await opened.engine.messages.find([key]))[0] ?? [];
  const listen = (): void => {
    opened.engine.mailboxes.onEnded((message) => void observed.ended.push(message));
    opened.engine.sessions.onForgotten((sessionIds) => void observed.forgottenSessions.push(...sessionIds));
  };
  listen();
  return {
    get engine() {
      return opened.engine;
    },
    clock,
    limits,
    observed,
    message: newMessage,
    accept: (messages) =>
      new Promise((resolve, reject) => opened.engine.journal.accept(messages, { done: resolve, failed: reject })),
    send,
    lease,
    async leaseOne(overrides) {
      const leases = await lease({ limit: 1, ...overrides });
      expect(leases).toHaveLength(1);
      return leases[0]!;
    },
    async peek() {
      const leases = await lease({ holder: 'peek' });
      opened.engine.mailboxes.releaseHolder(AGENT, 'peek', 'all');
      return leases;
    },
    record: async (key) => (await records(key))[0],
    records,
    withdraw({ sender, messageId }, overrides) {
      const withdrawal = { sender, messageId, recipient: AGENT, reason: 'not wanted any more', ...overrides };
      return opened.engine.journal.commit({ withdraw: [withdrawal] });
    },
    acknowledge(leases, agentId = AGENT) {
      const ids = leases.map(({ deliveryId }) => deliveryId);
      return opened.engine.mailboxes.acknowledge(agentId, ids);
    },
    async die(overrides) {
      const message = await send(overrides);
      const { mailboxes } = opened.engine;
      for (const agentId of message.recipients) {
        const [dying] = await lease({ agentId, holder: 'undertaker', limit: 1 });
        await mailboxes.discard(agentId, [dying!.deliveryId], 'no use');
      }
      return message;
    },
    async deadLetters(agentId = AGENT) {
      const query = { agentId, limit: 1_000, maxBytes: 1_000_000 };
      return (await opened.engine.deadLetters.list(query)).deadLetters;
    },
    append(sessionId, expectedSequence, { texts: events = ['event'], snapshotText, ...more } = {}) {
      const index = { state: 'active', members: ['test://member'], labels: {} };
      return opened.engine.journal.commit({
        append: {
          sessionId,
          expectedSequence,
          events: events.map(bytes),
          ...(expectedSequence === 0 ? { index } : {}),
          ...(snapshotText === undefined ? {} : { snapshot: bytes(snapshotText) }),
          ...more,
        },
      });
    },
    async letMinutesPass(minutes = 3) {
      for (let slice = 0; slice < minutes * 6; slice++) {
        clock.advance(10_000);
        // What is done in several steps takes several turns.
        for (let steps = 0; steps < 3; steps++) await opened.engine.journal.flush();
      }
    },
    async reopen(how) {
      if (opened.reopen === undefined)
        throw new Error('this engine cannot be reopened: skip the case, with the reason');
      opened = await opened.reopen(how);
      listen();
      disposeLater(opened);
    },
  };
}
