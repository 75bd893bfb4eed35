import type { FuzzedBus } from './fuzzed-bus.ts';
import { tell } from './tell.ts';
import type { World } from './world.ts';

/** What a refused call must not change. */
export interface Snapshot {
  /** Agents and their events in the run's sessions, and who is registered. */
  readonly facts: readonly string[];
  /** Messages in the mailboxes. */
  readonly depths: readonly number[];
  /** What the bus did by itself, which it may do between any two looks. */
  readonly byTheBus: number;
}

/** Looks at all sessions and agents of the run. */
export async function snapshot(bus: FuzzedBus, { agents, sessions }: World): Promise<Snapshot> {
  const [logs, known] = await Promise.all([
    Promise.all(
      sessions.map((session_id) => tell(bus, 'SessionService/ListSessionEvents', { session_id, page_size: 1_000 })),
    ),
    Promise.all(agents.map((agent_id) => tell(bus, 'AgentService/GetAgent', { agent_id }))),
  ]);
  const events = logs.flatMap(({ body }) => (body.events ?? []) as SeenEvent[]);
  return {
    facts: [...events.filter(isByAgent), ...known.map(({ body }) => body.agent?.descriptor)].map((fact) =>
      JSON.stringify(fact),
    ),
    depths: known.map(({ body }) => Number(body.agent?.queued_messages ?? 0)),
    byTheBus: events.filter((event) => !isByAgent(event)).length,
  };
}

/** Throws if anything is not as it was. Depths may change by time alone where messages have an end. */
export function requireUnchanged(before: Snapshot, after: Snapshot, { hasTimers }: { hasTimers: boolean }): void {
  const news = after.facts.filter((fact) => !before.facts.includes(fact));
  const gone = before.facts.filter((fact) => !after.facts.includes(fact));
  if (news.length + gone.length > 0)
    throw new Error(`a refused call changed something: new ${news.join()}, gone ${gone.join()}`);
  if (hasTimers || before.byTheBus !== after.byTheBus) return;
  if (before.depths.join() !== after.depths.join()) {
    throw new Error(`a refused call changed mailboxes: they held ${before.depths}, and then ${after.depths}`);
  }
}

interface SeenEvent {
  readonly actor: string;
  readonly [part: string]: unknown;
}

/** What becomes of mail is told when the disk has it, which may be after the answer. */
function isByAgent(event: SeenEvent): boolean {
  return event.actor !== 'bus' && !('task_delivered' in event) && !('task_accepted' in event);
}
