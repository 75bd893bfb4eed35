import type { Message } from '@bufbuild/protobuf';
import { CAPABILITIES, FRAMEWORK, ROLES, STEPS } from '../input/known-fields.ts';
import type { ReferenceKind, Resolve } from '../input/references.ts';
import type { FuzzedBus } from './fuzzed-bus.ts';
import { tell } from './tell.ts';

/** What the calls of one run have in common: agents and sessions of their own, and ids that the bus gave out. */
export interface World {
  readonly resolve: Resolve;
  readonly agents: readonly string[];
  readonly sessions: readonly string[];
  /** Whether messages, tasks or sessions of the run may end by themselves. */
  hasTimers: boolean;
  /** Remembers the ids in messages of the bus. */
  learn(messages: readonly Message[]): void;
  /** Ends what would go on. */
  leave(): Promise<void>;
}

/** In which pool an id of an answer goes, by the name of its field. */
const POOLS: Readonly<Record<string, ReferenceKind>> = {
  deliveryId: 'delivery',
  staleDeliveryIds: 'delivery',
  deadLetterId: 'dead_letter',
  nextPageToken: 'token',
  taskId: 'task',
  messageId: 'task',
};

let worlds = 0;

/** A session under way, with agents that have mail. */
export async function createWorld(bus: FuzzedBus): Promise<World> {
  const name = `r${process.pid}-${worlds++}`;
  const agents = [0, 1, 2, 3].map((index) => `${FRAMEWORK}://${name}-${index}`);
  const sessions = [0, 1, 2].map((index) => `${name}.${index}`);
  const learnt: Record<ReferenceKind, string[]> = {
    agent: [],
    session: [],
    task: [],
    delivery: [],
    dead_letter: [],
    token: [],
  };
  const at = (list: readonly string[], index: number, otherwise: string) =>
    list[index % Math.max(1, list.length)] ?? otherwise;
  await populate(bus, agents, sessions);
  return {
    agents,
    sessions,
    hasTimers: false,
    resolve(kind, index) {
      if (kind === 'agent') return at(agents, index, '');
      if (kind === 'session') return at(sessions, index, '');
      return at(learnt[kind], index, `no-${kind}-${index}`);
    },
    learn: (messages) => {
      for (const [kind, id] of messages.flatMap((message) => idsIn(message))) learnt[kind].push(id);
    },
    async leave() {
      await Promise.all([
        ...sessions.map((session_id) =>
          tell(bus, 'SessionService/TerminateSession', { session_id, reason: 'the run is over' }),
        ),
        ...agents.map((agent_id) => tell(bus, 'AgentService/UnregisterAgent', { agent_id })),
      ]);
    },
  };
}

async function populate(bus: FuzzedBus, agents: readonly string[], sessions: readonly string[]): Promise<void> {
  const [orchestrator = '', worker = '', other = ''] = agents;
  await tell(bus, 'SessionService/CreateSession', {
    session_id: sessions[0],
    orchestrator,
    participants: [worker, other].map((agent_id, index) => ({ agent_id, role: ROLES[index] })),
    workflow: { steps: STEPS.slice(0, 2).map((name) => ({ name })) },
  });
  await Promise.all([
    tell(bus, 'AgentService/RegisterAgent', { agent: { agent_id: worker, capabilities: CAPABILITIES } }),
    tell(bus, 'MessageService/SendMessage', {
      message: {
        message_id: 'm0',
        sender: { agent_id: orchestrator, session_id: sessions[0] },
        recipient: { agent_id: worker },
        message_type: 'MESSAGE_TYPE_TASK_REQUEST',
        step: STEPS[0],
        payload: { what: 'the first task' },
      },
    }),
  ]);
}

function idsIn(value: unknown): [ReferenceKind, string][] {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([name, part]): [ReferenceKind, string][] => {
    const kind = Object.hasOwn(POOLS, name) ? POOLS[name] : undefined;
    if (kind === undefined) return idsIn(part);
    return [part]
      .flat()
      .filter((id): id is string => typeof id === 'string' && id !== '')
      .map((id) => [kind, id]);
  });
}
