import type { Engine } from '../engine/engine.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import { createAgents } from './agent/agents.ts';
import type { Bus } from './bus.ts';
import { createDeliveries } from './message/deliveries.ts';
import { createMessages } from './message/messages.ts';
import type { BusObserver } from './observer.ts';
import { watchIdleSessions } from './session/idle-sessions.ts';
import { createSessionRegistry } from './session/session-registry.ts';
import { createSessions } from './session/sessions.ts';
import { createSessionsNow } from './session/sessions-now.ts';

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
}

/** Puts the domain together on an open engine, which must be an exclusive one; resolves when all sessions that are under way are in memory. */
export async function createBus(options: BusOptions): Promise<Bus> {
  const { engine, clock, random, observer, heartbeatIntervalMs } = options;
  const { journal, mailboxes } = engine;
  // Sessions and sends are decided on what this process holds in memory; another writer would make that wrong.
  if (!engine.exclusive) throw new Error(`the engine ${engine.name} shares its data, which this bus cannot`);
  const registry = createSessionRegistry({
    log: engine.sessions,
    journal,
    clock,
    contradicted: (error) => observer.failed?.(error instanceof Error ? error : new Error(String(error))),
  });
  await registry.loadActive();
  const agents = await createAgents({
    directory: engine.agents,
    clock,
    heartbeatIntervalMs,
    depth: (agentId) => mailboxes.depth(agentId).messages,
  });
  const stopIdleWatch = watchIdleSessions(registry, clock);
  return {
    sessions: createSessions({ registry, log: engine.sessions, clock, random }),
    sessionsNow: createSessionsNow({ registry, clock, random }),
    onSessionEvent: registry.onEvent,
    messages: createMessages({
      engine,
      registry,
      isRegistered: (agentId) => agents.has(agentId),
      clock,
      observer,
      ...(options.defaultMessageTtlMs !== undefined && { defaultMessageTtlMs: options.defaultMessageTtlMs }),
    }),
    deliveries: createDeliveries({ mailboxes, clock, observer, attend: agents.attend }),
    agents,
    async flush() {
      await Promise.all([journal.flush(), registry.flush()]);
    },
    async close() {
      stopIdleWatch();
      await engine.close();
    },
  };
}
