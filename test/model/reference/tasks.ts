import { end, goneSince, post, withdraw } from './mail.ts';
import { moveOn } from './workflow.ts';
import {
  attemptName,
  type Copy,
  type Duty,
  findTask,
  isOpen,
  members,
  RULES,
  type Said,
  type Session,
  type Task,
  tasksIn,
  type World,
} from './world.ts';

const CRITICAL = 4;

/** Something the bus may do by itself now. */
export interface OwnDeed {
  /** Whether it may be put off no longer: at all, or once a timer had its chance. */
  readonly must: 'now' | 'in time' | 'no';
  /** What its first event looks like. */
  readonly first: string;
  run(world: World): Said[];
}

/** What the bus has to do, or may do, by itself. */
export function* ownDeeds(world: World): Generator<OwnDeed> {
  for (const duty of world.duties) {
    yield* dutyDeeds(world, duty);
  }
  for (const task of world.tasks) {
    if (!isOpen(task)) continue;
    const { id, session } = task;
    const again = (act: (world: World, task: Task) => Said[]) => (later: World) =>
      act(later, findTask(later, session, id) as Task);
    if (task.deadline !== undefined && task.deadline <= world.now) {
      yield {
        must: 'in time',
        first: `timedOut ${id} DEADLINE_EXCEEDED`,
        run: again((w, t) => timeOut(w, t, 'DEADLINE_EXCEEDED')),
      };
    } else if (task.attemptAt + (task.routing.timeoutMs ?? Infinity) <= world.now) {
      yield* failures(world, task, { must: 'in time', reason: 'ATTEMPT_TIMED_OUT', again });
    }
    const goneMs = goneFor(world, task);
    if (goneMs >= 0) {
      const must = goneMs >= RULES.taskLeaseMs / 4 ? 'in time' : 'no';
      yield* failures(world, task, { must, reason: 'AGENT_GONE', again });
    }
  }
}

/** Both ways in which an attempt may end that fails next to a deadline, where it depends on chance. */
function* failures(
  world: World,
  task: Task,
  {
    must,
    reason,
    again,
  }: { must: OwnDeed['must']; reason: string; again(act: (world: World, task: Task) => Said[]): OwnDeed['run'] },
): Generator<OwnDeed> {
  const { soonest, latest } = retryAt(world, task);
  const isBefore = (at: number) => at < (task.deadline ?? Infinity);
  if (isBefore(soonest)) yield { must, first: '', run: again((w, t) => failAttempt(w, t, { reason, retries: true })) };
  if (!isBefore(latest)) yield { must, first: '', run: again((w, t) => failAttempt(w, t, { reason, retries: false })) };
}

function* dutyDeeds(world: World, duty: Duty): Generator<OwnDeed> {
  const task = findTask(world, duty.session, duty.task);
  if (task === undefined || !isOpen(task)) return;
  // What becomes of the mail of an attempt that is over says nothing about the next one.
  if (task.turn !== duty.turn) return;
  const at = { session: task.session, text: `${duty.about} ${task.id} ${attemptName(task)}` };
  const again = (act: (world: World, task: Task) => Said[]) => (later: World) => {
    later.duties = later.duties.filter((other) => JSON.stringify(other) !== JSON.stringify(duty));
    return act(later, findTask(later, duty.session, duty.task) as Task);
  };
  const becomes = (status: 'DELIVERED' | 'WORKING') =>
    again((later, found) => {
      Object.assign(found, { status, changedAt: later.now });
      return [at];
    });
  const isLate = (task.deadline ?? Infinity) <= world.now;
  if (duty.about === 'undelivered')
    yield* failures(world, task, { must: isLate ? 'in time' : 'now', reason: 'NOT_DELIVERED', again });
  else if (duty.about === 'removed') yield* failures(world, task, { must: 'now', reason: 'AGENT_GONE', again });
  else if (duty.about === 'delivered' && task.status === 'QUEUED')
    yield { must: 'now', first: at.text, run: becomes('DELIVERED') };
  else if (duty.about === 'accepted' && task.status !== 'WORKING')
    yield { must: 'now', first: at.text, run: becomes('WORKING') };
}

/** How long the bus could have known that an agent went away with its task; below 0 if it did not. */
function goneFor(world: World, task: Task): number {
  const since = goneSince(world, task.assignee);
  const copies = world.mail.filter(({ asks, to }) => asks === task.id && to === task.assignee);
  if (since === undefined || task.status === 'QUEUED' || copies.some(({ state }) => state === 'leased')) return -1;
  const overdueAt = Math.max(since, world.upSince, task.changedAt) + RULES.taskLeaseMs;
  if (overdueAt > world.now) return -1;
  const missedAt = (world.agents[task.assignee]?.beatAt ?? 0) + 2 * RULES.heartbeatMs;
  return world.now - Math.max(overdueAt, missedAt, ...copies.map(({ backAt }) => backAt));
}

/** When the same agent may be asked again: the wait is shortened by chance, by up to half of it. */
function retryAt({ now }: World, { routing, attempt }: Task): { soonest: number; latest: number } {
  const { backoff, initialMs, maxMs } = routing;
  const growth = { NONE: 0, LINEAR: attempt, EXPONENTIAL: 2 ** (attempt - 1) }[backoff];
  const wholeMs = Math.min(initialMs * growth, maxMs);
  return { soonest: now + Math.round(wholeMs / 2), latest: now + wholeMs };
}

/** Ends an attempt: another one follows, or the task has timed out. `retries`: whether the wait ends before the deadline. */
function failAttempt(world: World, task: Task, { reason, retries }: { reason: string; retries: boolean }): Said[] {
  const { routing, assignee, attempt } = task;
  const session = world.sessions[task.session] as Session;
  const mayAnswer = (agent: string) => members(session).includes(agent);
  const hasItAlready = (agent: string) =>
    tasksIn(world, session.id).some(
      (other) => other !== task && other.messageId === task.messageId && other.assignee === agent,
    );
  const isInTime = task.deadline === undefined || world.now < task.deadline;
  const fallback = routing.fallbacks.findIndex(
    (agent, index) => index >= task.fallbacksTried && mayAnswer(agent) && isInTime && !hasItAlready(agent),
  );
  // An agent that went away is asked again only when there is nobody else.
  const isSameAgain =
    retries && attempt <= routing.retries && mayAnswer(assignee) && (reason !== 'AGENT_GONE' || fallback < 0);
  if (!isSameAgain && fallback < 0) return timeOut(world, task, isInTime ? reason : 'DEADLINE_EXCEEDED');
  const failed = attemptName(task);
  const { soonest, latest } = isSameAgain ? retryAt(world, task) : { soonest: world.now, latest: world.now };
  takeBack(world, task, 'task_withdrawn');
  Object.assign(task, { status: 'QUEUED', attemptAt: soonest, progress: 0, changedAt: world.now, turn: task.turn + 1 });
  if (isSameAgain) task.attempt++;
  else Object.assign(task, { attempt: 1, assignee: routing.fallbacks[fallback], fallbacksTried: fallback + 1 });
  const copy = sendRequest(world, task);
  const take = (at: number) => {
    task.attemptAt = at;
    copy.availableAt = at;
  };
  const text = `attempt ${task.id} ${failed} ${reason} then ${attemptName(task)}`;
  return [{ session: task.session, text, begins: { from: soonest, to: latest, take } }];
}

/** Puts the request of a task into its assignee's mailbox. */
export function sendRequest(world: World, task: Task): Copy {
  const { assignee, delegator, messageId, priority, deadline, attemptAt } = task;
  const copy = post(world, {
    to: assignee,
    from: delegator,
    what: messageId,
    messageId,
    asks: task.id,
    turn: task.turn,
    priority,
    expiresAt: deadline ?? Infinity,
    availableAt: attemptAt,
  });
  // A task may be born late, of one that ended by itself and whose deadline has passed since.
  if (copy.expiresAt <= world.now) end(world, copy, 'expired');
  return copy;
}

export function timeOut(world: World, task: Task, reason: string): Said[] {
  takeBack(world, task, 'task_withdrawn');
  const isAwaited = (world.awaited[`${task.delegator} ${task.messageId}`] ?? 0) > 0;
  if (!task.routing.keptInSession && !isAwaited) news(world, task, { to: task.delegator, event: 'task_timed_out' });
  const said = [over(world, task, { status: 'TIMED_OUT', text: `timedOut ${task.id} ${reason}`, error: reason })];
  const below = descendants(world, task);
  const called = below.map((one) => callOff(world, one, 'PARENT_TIMED_OUT'));
  return [...said, ...called, ...follow(world, task.session, [task, ...below])];
}

/** The assignee's answer. */
export function answer(world: World, task: Task, { agent, failed }: { agent: string; failed: boolean }): Said[] {
  if (task.status === 'QUEUED') withdraw(world, task);
  const said = over(world, task, {
    status: failed ? 'FAILED' : 'COMPLETED',
    text: `${failed ? 'failed' : 'completed'} ${task.id} ${agent}`,
    error: failed ? 'failed' : '',
  });
  if (!failed) task.progress = 100;
  return [said, ...follow(world, task.session, [task])];
}

export function cancel(world: World, task: Task): Said[] {
  const below = descendants(world, task);
  const said = [callOff(world, task, 'CANCELLED'), ...below.map((one) => callOff(world, one, 'PARENT_CANCELLED'))];
  return [...said, ...follow(world, task.session, [task, ...below])];
}

/** Ends a session; what is open in it is called off. */
export function endSession(
  world: World,
  session: Session,
  how: { state: 'COMPLETED' | 'TERMINATED'; why: string },
): Said[] {
  const said: Said[] = [];
  for (const task of tasksIn(world, session.id)) {
    if (isOpen(task)) said.push(callOff(world, task, `SESSION_${how.state}`));
  }
  session.state = how.state;
  return [...said, { session: session.id, text: `ended ${how.state} ${how.why}` }];
}

function callOff(world: World, task: Task, code: string): Said {
  takeBack(world, task, 'task_cancelled');
  return over(world, task, { status: 'CANCELLED', text: `cancelled ${task.id} ${code}`, error: code });
}

/** Open tasks that follow from a task, whatever became of those in between. The contract names no order. */
function descendants(world: World, { id, session }: Task): Task[] {
  const found: Task[] = [];
  const line = tasksIn(world, session).filter((task) => task.parent === id);
  for (let next = line.pop(); next !== undefined; next = line.pop()) {
    if (isOpen(next)) found.push(next);
    const { id: parent } = next;
    line.push(...tasksIn(world, session).filter((task) => task.parent === parent));
  }
  return found;
}

/** The workflow goes on where tasks ended, which may end the session. */
export function follow(world: World, sessionId: string, ended: readonly Task[]): Said[] {
  const session = world.sessions[sessionId] as Session;
  const { said, stop } = moveOn(
    world,
    session,
    ended.map(({ step }) => step),
  );
  if (stop === undefined) return said;
  return [...said, ...endSession(world, session, { state: 'TERMINATED', why: 'step_failed' })];
}

/** Takes the mail of an attempt back; an agent that has it already is told. */
function takeBack(world: World, task: Task, event: string): void {
  withdraw(world, task);
  if (task.status !== 'QUEUED') news(world, task, { to: task.assignee, event, expiresAt: world.now + RULES.newsTtlMs });
}

function news(
  world: World,
  task: Task,
  { to, event, expiresAt }: { to: string; event: string; expiresAt?: number },
): void {
  const what = `${event} ${task.id}`;
  post(world, {
    to,
    from: 'agentbus://bus',
    what,
    messageId: '',
    asks: undefined,
    priority: CRITICAL,
    ...(expiresAt && { expiresAt }),
  });
}

function over(world: World, task: Task, end: { status: Task['status']; text: string; error: string }): Said {
  Object.assign(task, { status: end.status, error: end.error, changedAt: world.now });
  return { session: task.session, text: end.text };
}
