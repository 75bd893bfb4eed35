import { durationMs, timestampMs } from '@bufbuild/protobuf/wkt';
import { SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { type Clock, MAX_TIMER_DELAY_MS, type Timer } from '../../lib/clock.ts';
import { applyDecision } from './apply-decision.ts';
import { terminateSession } from './commands.ts';
import type { OpenDraft } from './draft.ts';
import type { LiveSession } from './live-session.ts';
import type { SessionRegistry } from './session-registry.ts';

export interface IdleSessionsOptions {
  readonly registry: SessionRegistry;
  readonly clock: Clock;
  readonly openDraft: OpenDraft;
}

/**
 * Terminates sessions that had no event for their idle timeout. One timer a session, looked
 * at again when it fires rather than moved with every event.
 * Returns the way to stop.
 */
export function watchIdleSessions({ registry, clock, openDraft }: IdleSessionsOptions): () => void {
  const timers = new Map<string, Timer>();

  function idleAt(live: LiveSession): number | undefined {
    const { idleTimeout, updatedAt } = live.decided;
    if (idleTimeout === undefined || updatedAt === undefined) return undefined;
    return timestampMs(updatedAt) + durationMs(idleTimeout);
  }

  function look(live: LiveSession): void {
    const { sessionId, state } = live.decided;
    timers.delete(sessionId);
    const due = idleAt(live);
    if (due === undefined || state !== SessionState.ACTIVE) return;
    const remaining = due - clock.now();
    if (remaining > 0) {
      timers.set(
        sessionId,
        clock.setTimer(() => look(live), Math.min(remaining, MAX_TIMER_DELAY_MS)),
      );
      return;
    }
    const draft = openDraft(live);
    applyDecision(draft, terminateSession({ reason: 'idle_timeout', details: 'no event for the idle timeout' }));
    void registry.append(live, draft.change(), { actor: 'bus' });
  }

  for (const live of registry.active()) look(live);
  const unsubscribe = registry.onEvent((event, session) => {
    if (event.body.case === 'sessionCreated') {
      const live = registry.peek(event.sessionId);
      if (live !== undefined) look(live);
    } else if (session.state !== SessionState.ACTIVE) {
      timers.get(event.sessionId)?.cancel();
      timers.delete(event.sessionId);
    }
  });
  return () => {
    unsubscribe();
    for (const timer of timers.values()) timer.cancel();
    timers.clear();
  };
}
