import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../lib/clock.ts';
import { crashPoint } from '../lib/crash-point.ts';
import type { Random } from '../lib/random.ts';
import { createAgents } from './agent/agents.ts';
import { createAggregation } from './aggregation/aggregation.ts';
import type { Bus } from './bus.ts';
import { createDeadLetters } from './message/dead-letters.ts';
import { createDeliveries } from './message/deliveries.ts';
import { createKnownTraces } from './message/known-traces.ts';
import { createMessages } from './message/messages.ts';
import { createReceipts } from './message/receipts.ts';
import { traceMailboxes } from './message/trace-mailboxes.ts';
import { createSendTraces } from './message/trace-sends.ts';
import type { BusObserver } from './observer.ts';
import { createDrafts } from './session/draft.ts';
import { watchIdleSessions } from './session/idle-sessions.ts';
import { createSessionRegistry } from './session/session-registry.ts';
import { createSessions } from './session/sessions.ts';
import { createSessionsNow } from './session/sessions-now.ts';
import { createAsk, createAwaitedTasks } from './task/ask.ts';
import { countTasks } from './task/count-tasks.ts';
import { watchGoneAgents } from './task/gone-agents.ts';
import { isLoose } from './task/loose-tasks.ts';
import { createOpenTasks } from './task/open-tasks.ts';
import { reconcileTasks } from './task/reconcile.ts';
import { superviseTasks } from './task/supervisor.ts';
import { followTaskMail } from './task/task-mail.ts';
import { createTasks } from './task/tasks.ts';
import { traceTasks } from './task/trace-tasks.ts';
import { NO_TRACER, type Tracer } from './tracer.ts';

const sessionsLoaded = crashPoint('start.sessions-loaded');

export interface BusOptions {
  /** Belongs to the bus from now on: `close` closes it. */
  readonly engine: Engine;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: BusObserver;
  /** Each side of a stream says something at least this often. */
  readonly heartbeatIntervalMs: number;
  /** How long a message that does not say may wait for its recipient; absent means as long as it takes. */
  readonly defaultMessageTtlMs?: number;
  /** How long an agent may be gone before the tasks that it has in hand fail. */
  readonly taskLeaseMs: number;
  /** Absent: no traces. */
  readonly tracer?: Tracer;
}

/** Puts the domain together on an open engine, which must be an exclusive one; resolves when all sessions that are under way are in memory. */
export async function createBus(options: BusOptions): Promise<Bus> {
  const { engine, clock, random, observer, heartbeatIntervalMs, tracer = NO_TRACER } = options;
  const { journal } = engine;
  // Sessions and sends are decided on what this process holds in memory; another writer would make that wrong.
  if (!engine.exclusive) throw new Error(`the engine ${engine.name} shares its data, which this bus cannot`);
  const knownTraces = createKnownTraces();
  const mailboxes = traceMailboxes(engine.mailboxes, { tracer, clock, parentOf: knownTraces.get });
  let closing = false;
  const failed = (error: unknown): void => {
    // What was begun by a timer and finds the engine closed is found again in the log at the next start.
    if (!closing) observer.failed?.(error instanceof Error ? error : new Error(String(error)));
  };
  const registry = createSessionRegistry({ log: engine.sessions, journal, clock, contradicted: failed });
  await registry.loadActive();
  sessionsLoaded();
  const agents = await createAgents({
    directory: engine.agents,
    clock,
    heartbeatIntervalMs,
    depth: (agentId) => mailboxes.depth(agentId).messages,
  });
  countTasks(registry, observer);
  const openDraft = createDrafts({ clock, random, mailboxes });
  const awaited = createAwaitedTasks();
  const { defaultMessageTtlMs } = options;
  const ttl = defaultMessageTtlMs === undefined ? {} : { defaultMessageTtlMs };
  const openTasks = createOpenTasks(registry);
  const supervisor = superviseTasks({
    registry,
    openTasks,
    openDraft,
    messages: engine.messages,
    clock,
    isAwaited: awaited.has,
    failed,
    ...ttl,
  });
  const receipts = createReceipts({ clock, observer });
  const taskMail = followTaskMail({ registry, openTasks, supervisor, failed });
  const followers = [receipts, taskMail];
  const deliveries = createDeliveries({ mailboxes, clock, observer, attend: agents.attend, followers });
  await reconcileTasks({ registry, openTasks, supervisor, messages: engine.messages });
  const messages = createMessages({
    engine,
    registry,
    openDraft,
    directory: { isRegistered: agents.has, candidates: agents.candidates },
    openTasks,
    receipts,
    traces: createSendTraces({ tracer, knownTraces }),
    isAwaited: awaited.has,
    clock,
    observer,
    ...ttl,
  });
  const stopTaskTraces = traceTasks({ tracer, onEvent: registry.onEvent, parentOf: knownTraces.get });
  const stopIdleWatch = watchIdleSessions({ registry, clock, openDraft });
  const { taskLeaseMs } = options;
  const { goneSince } = agents;
  const stopGoneWatch = watchGoneAgents({
    openTasks,
    supervisor,
    messages: engine.messages,
    clock,
    taskLeaseMs,
    goneSince,
    failed,
  });
  return {
    sessions: createSessions({ registry, log: engine.sessions, clock, random, openDraft }),
    sessionsNow: createSessionsNow({ registry, clock, random, openDraft }),
    onSessionEvent: (listener) =>
      registry.onEvent((event, session) => {
        if (!isLoose(event.sessionId)) listener(event, session);
      }),
    messages,
    receipts,
    tasks: createTasks({ registry, supervisor }),
    ask: createAsk({ messages, registry, supervisor, awaited, clock }),
    deliveries,
    deadLetters: createDeadLetters({ deadLetters: engine.deadLetters, clock, observer }),
    agents,
    aggregation: createAggregation({ registry, clock }),
    async flush() {
      await Promise.all([journal.flush(), registry.flush()]);
    },
    async close() {
      closing = true;
      stopIdleWatch();
      stopGoneWatch();
      supervisor.stop();
      stopTaskTraces();
      await engine.close();
    },
  };
}
