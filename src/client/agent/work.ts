import type { Delivery } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import type { Envelope } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Clock } from '../../lib/clock.ts';
import { CLIENT_LIMITS } from '../client-limits.ts';
import type { AgentbusError } from '../errors.ts';
import { type IncomingMessage, toIncomingMessage } from './incoming-message.ts';
import { createRun, isMeant, isNewAttempt, isSameMail, isTask, type Run } from './run.ts';
import { createSettlements, type Disposition, type Settlements } from './settlements.ts';
import { readWithdrawal, takenAwayError, type Withdrawal } from './withdrawal.ts';

/** Messages in the hands of the agent, across streams. */
export interface Work {
  /** Says what was settled, and what needs more time. */
  readonly lane: Settlements;
  /** Handlers that are running. */
  readonly running: number;
  /** The bus has welcomed the agent, and leases deliveries for this long. */
  leased(leaseMs: number): void;
  /** Takes deliveries; starts a handler for each message that is not in hand already. */
  receive(deliveries: readonly Delivery[]): void;
  /** The stream is gone and its deliveries with it: what is running is settled by the next delivery of its message. */
  streamLost(): void;
}

/** What {@link createWork} works with. */
export interface WorkOptions {
  /** Handles a message to its end; undefined when the bus took it away meanwhile. Never rejects. */
  handle(message: IncomingMessage, run: RunState): Promise<Disposition | undefined>;
  /** Tells all handlers to stop. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  /** Whether the agent is leaving: new deliveries, sent before the bus knew of it, go back. */
  isLeaving(): boolean;
  /** A handler ended, or something is to be said. */
  changed(): void;
}

/** A run as its handler's side sees it. */
export interface RunState {
  /** Tells this handler to stop. */
  readonly signal: AbortSignal;
  /** Whether the bus took the task away: nobody wants its outcome. */
  isWithdrawn(): boolean;
}

/**
 * Runs one handler a message, however often it is delivered meanwhile: the end of the handler settles the
 * newest delivery. A message that was acknowledged is remembered until the bus has confirmed its acknowledgement.
 */
export function createWork({ handle, signal, clock, isLeaving, changed }: WorkOptions): Work {
  /** All handlers, those of withdrawn tasks included, which may take their time to stop. */
  const runs = new Set<Run>();
  /** Those whose outcome counts, by their message. */
  const current = new Map<string, Run>();
  /** Handled messages by their keys, oldest first. */
  const handled = new Map<string, IncomingMessage>();

  /** Those that hold a delivery, by its id. */
  const holders = new Map<string, Run>();
  let leaseMs = 0;

  const lane = createSettlements({
    held() {
      for (const run of holders.values()) run.extendedAt = clock.now();
      return [...holders.keys()];
    },
    kept(deliveryId) {
      const run = holders.get(deliveryId);
      // Counted from when it was asked for: the answer may have waited for a process that was busy.
      if (run !== undefined) run.leasedAt = run.extendedAt;
    },
    lost(deliveryId) {
      const run = holders.get(deliveryId);
      if (run === undefined) return;
      letGo(run);
      // A lease that cannot have run out was ended by the bus: it took the task away, and the news went to another process
      // of this agent, or to none. After one that may have run out the work goes on: the first answer counts.
      if (isTask(run.message) && clock.now() - run.leasedAt < leaseMs)
        takeAway(run, takenAwayError(run.message.messageId));
    },
    changed,
  });

  function hold(run: Run, deliveryId: string): void {
    letGo(run);
    run.deliveryId = deliveryId;
    run.leasedAt = clock.now();
    holders.set(deliveryId, run);
  }

  function letGo(run: Run): void {
    if (run.deliveryId !== undefined) holders.delete(run.deliveryId);
    run.deliveryId = undefined;
  }

  signal.addEventListener('abort', () => {
    for (const { stop } of runs) stop.abort(signal.reason);
  });

  function remember(key: string, message: IncomingMessage): void {
    handled.set(key, message);
    if (handled.size <= CLIENT_LIMITS.maxRememberedMessages) return;
    for (const oldest of handled.keys()) {
      handled.delete(oldest);
      return;
    }
  }

  function forget(key: string, message: IncomingMessage): void {
    if (handled.get(key) === message) handled.delete(key);
  }

  function settle({ key, message, deliveryId }: Run, disposition: Disposition): void {
    if (disposition.kind === 'acknowledge') remember(key, message);
    if (deliveryId !== undefined) lane.settle(deliveryId, disposition, () => forget(key, message));
  }

  async function start(run: Run): Promise<void> {
    const { key } = run;
    runs.add(run);
    current.set(key, run);
    if (signal.aborted) run.stop.abort(signal.reason);
    const state = { signal: run.stop.signal, isWithdrawn: () => run.isWithdrawn };
    const disposition = await handle(run.message, state);
    runs.delete(run);
    if (current.get(key) === run) current.delete(key);
    if (disposition !== undefined && !run.isWithdrawn) settle(run, disposition);
    letGo(run);
    changed();
  }

  function takeAway(run: Run, error: AgentbusError): void {
    letGo(run);
    current.delete(run.key);
    run.isWithdrawn = true;
    run.stop.abort(error);
  }

  /** The bus's own news are for the agent itself, whatever handlers it has. */
  function obey(withdrawal: Withdrawal, deliveryId: string): void {
    for (const run of current.values()) if (isMeant(run, withdrawal)) takeAway(run, withdrawal.error);
    lane.settle(deliveryId, { kind: 'acknowledge' });
  }

  function takeUp(key: string, message: IncomingMessage, deliveryId: string): void {
    const inHand = current.get(key);
    if (inHand !== undefined && !isNewAttempt(inHand.message, message.acceptedAt)) {
      hold(inHand, deliveryId);
      return;
    }
    if (inHand !== undefined) takeAway(inHand, takenAwayError(message.messageId));
    if (isLeaving()) {
      lane.settle(deliveryId, { kind: 'requeue', delayMs: 0, reason: 'the agent is leaving' });
      return;
    }
    const run = createRun(key, message);
    hold(run, deliveryId);
    void start(run);
  }

  function receiveOne(delivery: Delivery, envelope: Envelope): void {
    const { deliveryId } = delivery;
    const key = keyOf(envelope);
    const message = toIncomingMessage(delivery, envelope);
    const withdrawal = readWithdrawal(message);
    const before = handled.get(key);
    if (withdrawal !== undefined) obey(withdrawal, deliveryId);
    else if (before === undefined || !isSameMail(before, message.acceptedAt)) takeUp(key, message, deliveryId);
    else lane.settle(deliveryId, { kind: 'acknowledge' }, () => forget(key, before));
  }

  return {
    lane,
    leased(ms) {
      leaseMs = ms;
    },
    get running() {
      return runs.size;
    },
    streamLost() {
      for (const run of [...holders.values()]) letGo(run);
    },
    receive(deliveries) {
      for (const delivery of deliveries) if (delivery.message !== undefined) receiveOne(delivery, delivery.message);
    },
  };
}

/** A message is known by its id and its sender together. */
function keyOf(message: Envelope): string {
  return `${message.sender?.agentId} ${message.messageId}`;
}
