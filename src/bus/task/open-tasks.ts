import { type Task, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { isOpen, taskIdOf } from '../session/evolve-tasks.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import { isLoose, looseParentOf } from './loose-tasks.ts';
import { tasksOfMessage } from './task-names.ts';

/** A task with the session that it is in. */
export interface PlacedTask {
  readonly live: LiveSession;
  readonly task: Task;
}

/**
 * Where the open tasks are, for what comes with the names of messages and agents alone: deliveries, acknowledgements,
 * endings, and requests outside of sessions. It follows what is decided.
 */
export interface OpenTasks {
  /** The open task that an agent was given by a request. */
  find(request: { delegator: string; messageId: string; assignee: string }): PlacedTask | undefined;
  /** The open task outside of sessions that an agent was given, by its name. */
  looseTaskOf(assignee: string, taskId: string): PlacedTask | undefined;
  /** The open tasks outside of sessions that the one of this log caused. */
  looseChildren(sessionId: string): PlacedTask[];
  /** Agents with the open tasks that they were handed. */
  inHand(): Iterable<{ readonly agentId: string; readonly tasks: readonly PlacedTask[] }>;
  all(): Iterable<PlacedTask>;
}

export function createOpenTasks(registry: SessionRegistry): OpenTasks {
  const byRequest = createIndex();
  const byLooseAssignee = createIndex();
  const byLooseParent = createIndex();
  /** Tasks in hand, by agent and then by name. */
  const inHand = new Map<string, Map<string, { readonly live: LiveSession; readonly taskId: string }>>();

  function hold(agentId: string, live: LiveSession, taskId: string): void {
    const held = inHand.get(agentId) ?? new Map();
    inHand.set(agentId, held.set(`${live.sessionId} ${taskId}`, { live, taskId }));
  }
  function letGo(agentId: string, live: LiveSession, taskId: string): void {
    const held = inHand.get(agentId);
    if (held?.delete(`${live.sessionId} ${taskId}`) && held.size === 0) inHand.delete(agentId);
  }
  function follow(live: LiveSession, task: Task): void {
    const { taskId, assignee } = task;
    const open = isOpen(task);
    byRequest.set(
      pair(task.delegator, task.messageId),
      live,
      [...tasksOfMessage(live.tasks, task.messageId)].some(isOpen),
    );
    if (open && task.status !== TaskStatus.QUEUED) hold(assignee, live, taskId);
    else letGo(assignee, live, taskId);
    if (!isLoose(live.sessionId)) return;
    byLooseAssignee.set(pair(assignee, taskId), live, open);
    byLooseParent.set(looseParentOf(live.decided), live, open);
  }
  function leave(live: LiveSession, { assignee, taskId }: Pick<Task, 'assignee' | 'taskId'>): void {
    letGo(assignee, live, taskId);
    byLooseAssignee.set(pair(assignee, taskId), live, false);
  }

  registry.onDecided((event, live) => {
    if (event.body.case === 'taskAttemptFailed') leave(live, event.body.value);
    const taskId = taskIdOf(event);
    const task = taskId === undefined ? undefined : live.tasks.get(taskId);
    if (task !== undefined) follow(live, task);
  });
  for (const live of registry.active()) {
    for (const task of live.tasks.values()) if (isOpen(task)) follow(live, task);
  }
  return {
    find({ delegator, messageId, assignee }) {
      for (const live of byRequest.get(pair(delegator, messageId))) {
        for (const task of tasksOfMessage(live.tasks, messageId)) {
          if (isOpen(task) && task.delegator === delegator && task.assignee === assignee) return { live, task };
        }
      }
      return undefined;
    },
    looseTaskOf: (assignee, taskId) => byLooseAssignee.get(pair(assignee, taskId)).flatMap(openIn)[0],
    looseChildren: (sessionId) => byLooseParent.get(sessionId).flatMap(openIn),
    *inHand() {
      for (const [agentId, held] of inHand) {
        const tasks = [...held.values()].flatMap(({ live, taskId }) => {
          const task = live.tasks.get(taskId);
          return task === undefined ? [] : [{ live, task }];
        });
        yield { agentId, tasks };
      }
    },
    *all() {
      for (const live of registry.active()) yield* openIn(live);
    },
  };
}

function openIn(live: LiveSession): PlacedTask[] {
  return [...live.tasks.values()].filter(isOpen).map((task) => ({ live, task }));
}

/** Ids have no spaces, so the pair is unambiguous. */
function pair(a: string, b: string): string {
  return `${a} ${b}`;
}

/** Sessions by name; nearly every name has one. */
function createIndex() {
  const sessions = new Map<string, Set<LiveSession>>();
  return {
    get: (name: string): LiveSession[] => [...(sessions.get(name) ?? [])],
    /** Puts a session under a name, or takes it away. Without a name nothing happens. */
    set(name: string | undefined, live: LiveSession, isThere: boolean): void {
      if (name === undefined) return;
      const found = sessions.get(name);
      if (!isThere) {
        if (found?.delete(live) && found.size === 0) sessions.delete(name);
      } else if (found === undefined) {
        sessions.set(name, new Set([live]));
      } else {
        found.add(live);
      }
    },
  };
}
