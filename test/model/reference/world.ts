/**
 * What the contract says a bus knows: sessions, tasks, mail, who is there. Plain data, so that a world can be copied and
 * tried out. Nothing in this folder reads the code of the bus; times are milliseconds since the epoch.
 */
export interface World {
  now: number;
  /** When the bus came up: nobody is gone because it was. */
  upSince: number;
  sessions: Record<string, Session>;
  /** In the order of delegation. */
  tasks: Task[];
  /** Every copy that was put into a mailbox, in the order of acceptance; the bus's own words included. */
  mail: Copy[];
  /** Accepted messages by `{sender} {message_id}`. */
  accepted: Record<string, Accepted>;
  agents: Record<string, Agent>;
  /** What the bus has seen and not yet put on record. */
  duties: Duty[];
  /** Tasks that a call waits for, by `{delegator} {message_id}`. */
  awaited: Record<string, number>;
  /** By agent and priority: deliveries in a row that passed waiting messages of that priority over. */
  passedOver: Record<string, number[]>;
}

export type StepStatus = 'PENDING' | 'IN_PROGRESS' | 'COMPLETED' | 'FAILED' | 'SKIPPED';

export interface Step {
  readonly name: string;
  readonly requires: readonly string[];
  readonly after: readonly string[];
  readonly onFailure: 'HOLD' | 'SKIP' | 'STOP';
  status: StepStatus;
}

export interface Session {
  readonly id: string;
  readonly orchestrator: string;
  readonly automatic: boolean;
  /** Active participants in order of joining, with their roles. */
  roster: { agent: string; role: string }[];
  steps: Step[];
  current: string;
  state: 'ACTIVE' | 'COMPLETED' | 'TERMINATED';
  revision: number;
}

export type TaskStatus = 'QUEUED' | 'DELIVERED' | 'WORKING' | 'COMPLETED' | 'FAILED' | 'TIMED_OUT' | 'CANCELLED';

export interface Routing {
  readonly timeoutMs: number | undefined;
  readonly retries: number;
  readonly backoff: 'NONE' | 'LINEAR' | 'EXPONENTIAL';
  readonly initialMs: number;
  readonly maxMs: number;
  readonly fallbacks: readonly string[];
  readonly expiresAt: number | undefined;
  readonly keptInSession: boolean;
}

export interface Task {
  readonly id: string;
  readonly session: string;
  readonly messageId: string;
  readonly delegator: string;
  readonly requested: string;
  readonly step: string;
  readonly parent: string;
  readonly routing: Routing;
  readonly priority: number;
  readonly deadline: number | undefined;
  assignee: string;
  status: TaskStatus;
  attempt: number;
  /** Attempts so far, whoever was asked. */
  turn: number;
  attemptAt: number;
  /** Fallback agents that were asked or passed over. */
  fallbacksTried: number;
  progress: number;
  error: string;
  changedAt: number;
}

export interface Copy {
  readonly to: string;
  readonly from: string;
  /** How its recipient knows it: the message_id, or what the bus says in it. */
  readonly what: string;
  readonly messageId: string;
  /** The task that it asks for, if it is a request. */
  readonly asks: string | undefined;
  /** Which attempt of that task it belongs to. */
  readonly turn: number;
  readonly priority: number;
  readonly acceptedAt: number;
  readonly expiresAt: number;
  availableAt: number;
  state: 'waiting' | 'leased' | 'acknowledged' | 'expired' | 'dead_lettered' | 'withdrawn';
  /** Accepted or back in its mailbox this very moment: others may be handed out before it. */
  fresh: boolean;
  /** Taken back this very moment: that it was handed out just before may be seen only now. */
  leaving: boolean;
  /** Deliveries that ended. */
  attempts: number;
  /** Every delivery id it went out under; the last one is the current lease's. */
  handedOutAs: string[];
  leasedUntil: number;
  /** When a lease of it last ended; -Infinity: never. */
  backAt: number;
  /** The agent's stream has it, and not a call. */
  inStream: boolean;
}

export interface Accepted {
  readonly content: string;
  readonly recipients: readonly string[];
}

export interface Agent {
  readonly registered: boolean;
  readonly able: boolean;
  /** Deliveries that its stream may hold; 0 if it has none. */
  credit: number;
  /** When its stream was last heard of, and when a call was; -1: never since the bus came up. */
  streamHeardAt: number;
  beatAt: number;
  heardAt: number;
  /** When a lease of its stream last ran out: the stream may notice up to a second later. */
  leaseLostAt: number;
}

export interface Duty {
  readonly about: 'delivered' | 'accepted' | 'undelivered' | 'removed';
  readonly task: string;
  readonly session: string;
  readonly turn: number;
}

/** An event that a decision adds to a session. */
export interface Said {
  readonly session: string;
  readonly text: string;
  /** For the next attempt: when it may begin. The bus's own choice is taken over. */
  readonly begins?: { readonly from: number; readonly to: number; take(at: number): void };
}

/** What the contract names. */
export const RULES = {
  heartbeatMs: 15_000,
  taskLeaseMs: 30_000,
  maxDeliveries: 5,
  newsTtlMs: 3_600_000,
  leaseSweepMs: 1_000,
  streamLeaseMs: 30_000,
  starvation: 16,
} as const;

export function isOpen({ status }: Task): boolean {
  return status === 'QUEUED' || status === 'DELIVERED' || status === 'WORKING';
}

export function attemptName({ assignee, attempt }: Task): string {
  return `${assignee}#${attempt}`;
}

export function tasksIn(world: World, session: string): Task[] {
  return world.tasks.filter((task) => task.session === session);
}

export function members(session: Session): string[] {
  return [session.orchestrator, ...session.roster.map(({ agent }) => agent)];
}

export function findTask(world: World, session: string, id: string): Task | undefined {
  return world.tasks.find((task) => task.session === session && task.id === id);
}

/** The open task that an agent means by a name: the task's, or that of the request which it was given. */
export function openTaskOf(world: World, session: string, name: { task: string; agent: string }): Task | undefined {
  const theirs = tasksIn(world, session).filter((task) => isOpen(task) && task.assignee === name.agent);
  return theirs.find(({ id }) => id === name.task) ?? theirs.find(({ messageId }) => messageId === name.task);
}
