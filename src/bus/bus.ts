import type { Agents } from './agent/agents.ts';
import type { Aggregation } from './aggregation/aggregation.ts';
import type { DeadLetters } from './message/dead-letters.ts';
import type { Deliveries } from './message/deliveries.ts';
import type { Messages } from './message/messages.ts';
import type { Receipts } from './message/receipts.ts';
import type { SessionRegistry } from './session/session-registry.ts';
import type { Sessions } from './session/sessions.ts';
import type { SessionsNow } from './session/sessions-now.ts';
import type { Ask } from './task/ask.ts';
import type { Tasks } from './task/tasks.ts';

/** The domain as its servers and embedders see it. */
export interface Bus {
  readonly sessions: Sessions;
  /** The same for a program that embeds the bus and cannot wait. */
  readonly sessionsNow: SessionsNow;
  /** Calls a listener with every session event once it is durable; returns the way to stop. Tasks outside of sessions have none. */
  readonly onSessionEvent: SessionRegistry['onEvent'];
  readonly messages: Messages;
  readonly deliveries: Deliveries;
  readonly deadLetters: DeadLetters;
  /** News for senders that asked for them. */
  readonly receipts: Pick<Receipts, 'subscribe'>;
  readonly agents: Agents;
  readonly tasks: Tasks;
  /** Sends a request and waits for its answer. */
  readonly ask: Ask;
  /** What came out of a session. */
  readonly aggregation: Aggregation;
  /** Resolves when all that was decided before the call is durable. */
  flush(): Promise<void>;
  /** Stops timers and closes the engine: all that was accepted is durable afterwards. */
  close(): Promise<void>;
}
