import type { Asked } from './asked.ts';
import type { MessageFacts, MessageName, NewMessage } from './message-facts.ts';
import { nameOf } from './message-facts.ts';
import type { SessionFacts } from './session-facts.ts';
import type { Violation } from './violation.ts';

/**
 * What the clients of a bus asked for, were told and were given, kept outside of the bus and its data, in the order in
 * which it happened. It judges nothing: `verify.ts` does.
 */
export interface Ledger {
  /** The newest order number. */
  readonly order: number;
  /** Number of the run of the bus that is under way, or of the last one; 0 before the first. */
  readonly run: number;
  /** A bus was started. Returns the number of its run. */
  beginRun(): number;
  /** The next order number: something happened now. */
  tick(): number;
  /** Something is about to be asked. Its outcome is unknown until `confirm` or `refuse`. */
  ask<Details extends object>(details: Details): Details & Asked;
  confirm(asked: Asked): void;
  refuse(asked: Asked): void;
  /** A message that is going to be sent for the first time. */
  addMessage(message: NewMessage): MessageFacts;
  message(name: MessageName): MessageFacts | undefined;
  messages(): Iterable<MessageFacts>;
  /** Says that facts of the message changed; `takeChanged` brings it once. */
  changed(message: MessageFacts): void;
  takeChanged(): MessageFacts[];
  readonly sessions: Map<string, SessionFacts>;
  /** A connection on which mail comes: its leases end with it. Returns its number, from 1. */
  openConnection(agentId: string): number;
  endConnection(connection: number): void;
  /** Order number of the end of a connection; undefined while it is open, or if there is none. */
  connectionEnded(connection: number): number | undefined;
  /** Order numbers of the first end of a connection of this agent; undefined if none has ended. */
  firstEndOf(agentId: string): number | undefined;
  /** Something that is wrong at first sight. */
  report(violation: Violation): void;
  readonly violations: readonly Violation[];
}

export function createLedger(): Ledger {
  let order = 0;
  let run = 0;
  const messages = new Map<string, MessageFacts>();
  const places = new Map<string, number>();
  const connections: { readonly agentId: string; ended?: number }[] = [];
  const firstEnds = new Map<string, number>();
  const violations: Violation[] = [];
  let touched = new Set<MessageFacts>();
  const tick = (): number => ++order;
  return {
    get order() {
      return order;
    },
    get run() {
      return run;
    },
    beginRun() {
      tick();
      return ++run;
    },
    tick,
    ask: (details) => ({ ...details, attempted: tick(), run }),
    confirm(asked) {
      asked.confirmed ??= tick();
    },
    refuse(asked) {
      asked.refused ??= tick();
    },
    addMessage(message) {
      const place = (places.get(message.sender) ?? 0) + 1;
      places.set(message.sender, place);
      const facts: MessageFacts = { ...message, place, sends: [], deliveries: [], settlements: [] };
      messages.set(nameOf(message), facts);
      touched.add(facts);
      return facts;
    },
    message: (name) => messages.get(nameOf(name)),
    messages: () => messages.values(),
    changed: (message) => touched.add(message),
    takeChanged() {
      const taken = [...touched];
      touched = new Set();
      return taken;
    },
    sessions: new Map(),
    openConnection: (agentId) => connections.push({ agentId }),
    endConnection(connection) {
      const ended = connections[connection - 1];
      if (ended === undefined || ended.ended !== undefined) return;
      ended.ended = tick();
      if (!firstEnds.has(ended.agentId)) firstEnds.set(ended.agentId, ended.ended);
    },
    connectionEnded: (connection) => connections[connection - 1]?.ended,
    firstEndOf: (agentId) => firstEnds.get(agentId),
    report: (violation) => void violations.push(violation),
    violations,
  };
}
