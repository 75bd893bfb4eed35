import { createClient } from '@connectrpc/connect';
import { SessionService } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Choices } from '../choices.ts';
import { mayHold } from '../ledger/asked.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { SessionFacts } from '../ledger/session-facts.ts';
import { type Actor, type BusRun, openTransport, type Protocol, pause } from './bus-run.ts';
import { recordEvent } from './session-record.ts';

export interface WatcherOptions {
  /** Whose sessions it follows, one after the other. */
  readonly orchestrator: string;
  readonly protocol: Protocol;
  readonly ledger: Ledger;
  readonly choices: Choices;
}

/**
 * Follows each session to its end. It resumes after the last event it saw, and now and then from further back: what it is
 * told again must be what it was told before.
 */
export function createWatcher({ orchestrator, protocol, ledger, choices }: WatcherOptions): Actor {
  const seen = new Map<string, number>();
  const watch = async (bus: BusRun, session: SessionFacts): Promise<void> => {
    const client = createClient(SessionService, openTransport(bus, orchestrator, protocol));
    const { sessionId } = session;
    const last = seen.get(sessionId) ?? 0;
    let after = choices.chance(0.2) ? choices.int(0, last) : last;
    const request = { sessionId, afterSequence: BigInt(after) };
    for await (const { event } of client.watchSession(request, { signal: bus.gone })) {
      if (event === undefined) continue;
      const sequence = Number(event.sequence);
      if (sequence !== after + 1) {
        const text = `a watcher was told event ${sequence} after event ${after}`;
        ledger.report({ kind: 'sequence broken', text, subject: sessionId, evidence: session });
      }
      after = sequence;
      recordEvent(ledger, session, event);
      seen.set(sessionId, Math.max(seen.get(sessionId) ?? 0, sequence));
    }
  };
  const next = (): SessionFacts | undefined =>
    [...ledger.sessions.values()].find(
      (session) => session.orchestrator === orchestrator && isThere(session) && !ended(session),
    );
  return {
    name: `watcher of ${orchestrator}`,
    async run(bus) {
      while (!bus.gone.aborted && !bus.finish.aborted) {
        const session = next();
        if (session !== undefined) await watch(bus, session);
        else await pause(20, bus.gone, bus.finish);
      }
    },
  };
}

/** Whether its creation was confirmed, or something was done in it, which says the same. */
function isThere({ changes, lastSequence }: SessionFacts): boolean {
  return lastSequence > 0 || changes.some((change) => change.kind !== 'sessionCreated' && mayHold(change));
}

function ended({ events }: SessionFacts): boolean {
  return events.get(events.size)?.kind === 'sessionCompleted';
}
