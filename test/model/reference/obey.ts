import type { Action, Answer, Outcome, Request } from './actions.ts';
import {
  availableTo,
  beat,
  depth,
  end,
  giveBack,
  goneSince,
  type HandedOut,
  handOut,
  named,
  passTime,
  post,
} from './mail.ts';
import { answer, cancel, endSession, follow, sendRequest } from './tasks.ts';
import { place, sayWorkflow, workflowText } from './workflow.ts';
import {
  type Agent,
  findTask,
  isOpen,
  members,
  openTaskOf,
  RULES,
  type Said,
  type Session,
  type Task,
  tasksIn,
  type World,
} from './world.ts';

type Of<Does extends Action['does']> = Extract<Action, { does: Does }>;

const MEDIUM = 2;

/**
 * Does what an action does to the world and gives the events that it adds; undefined if the outcome is none that the
 * contract allows here. Where several errors are true any of them will do.
 */
export function obey(world: World, action: Action, outcome: Outcome): Said[] | undefined {
  const errors = [...errorsOf(world, action)];
  if (outcome.error !== undefined) return errors.includes(outcome.error) ? [] : undefined;
  if (errors.length > 0) return undefined;
  switch (action.does) {
    case 'create':
      return create(world, action);
    case 'request':
    case 'answer':
    case 'report':
    case 'say':
      return send(world, action, outcome);
    case 'cancel':
      return callOff(world, action);
    case 'place':
      return placed(world, action);
    case 'context': {
      const session = sessionOf(world, action);
      return [{ session: session.id, text: `context ${++session.revision}` }];
    }
    case 'join': {
      const { roster, id } = sessionOf(world, action);
      roster.push({ agent: action.agent, role: action.role });
      return [{ session: id, text: `joined ${action.agent} ${action.role}` }];
    }
    case 'leave':
      return leave(world, action);
    case 'end': {
      const why = action.how === 'COMPLETED' ? '' : 'enough';
      return endSession(world, sessionOf(world, action), { state: action.how, why });
    }
    default:
      return handle(world, action, outcome) ? [] : undefined;
  }
}

/** What concerns mail and agents alone adds no event by itself. Whether the outcome is right. */
function handle(world: World, action: Action, outcome: Exclude<Outcome, { error: string }>): boolean {
  switch (action.does) {
    case 'receive': {
      beat(world, action.agent);
      const { leaseMs } = action;
      const { deliveries = [], atOnce = false } = outcome;
      const isRight = deliveries.every((one) => handOut(world, action.agent, { ...one, leaseMs, inStream: false }));
      return isRight && (deliveries.length === action.max || atOnce || !couldTakeMore(world, action.agent));
    }
    case 'acknowledge':
    case 'reject':
    case 'extend':
      return isSame(settle(world, action), outcome.stale ?? []);
    case 'connect':
      disconnect(world, action.agent);
      Object.assign(world.agents[action.agent] as Agent, {
        credit: action.credit,
        streamHeardAt: world.now,
        heardAt: world.now,
      });
      return true;
    case 'disconnect':
      disconnect(world, action.agent);
      return true;
    case 'beat':
      beat(world, action.agent);
      return true;
    case 'restart':
      restart(world);
      return true;
    case 'wait':
      passTime(world, outcome.now ?? action.until);
      return true;
    default:
      throw new Error(`${action.does} is no matter of mail`);
  }
}

function* errorsOf(world: World, action: Action): Generator<string> {
  if (!('session' in action) || action.does === 'create') return;
  const session = sessionOf(world, action);
  const isSend =
    action.does === 'request' || action.does === 'answer' || action.does === 'report' || action.does === 'say';
  const before = isSend ? world.accepted[`${action.from} ${action.id}`] : undefined;
  if (isSend && before !== undefined) {
    if (before.content !== contentOf(action)) yield 'MESSAGE_ID_REUSED';
    return;
  }
  if (isSend && !members(session).includes(action.from)) yield 'SESSION_NOT_FOUND';
  if (action.does === 'cancel') return yield* cancelErrors(world, session, action);
  if (session.state !== 'ACTIVE') yield 'SESSION_ENDED';
  if (action.does === 'request') yield* requestErrors(world, session, action);
  if (isSend && action.does !== 'request' && !isReachable(world, session, action.to)) yield 'RECIPIENT_NOT_FOUND';
  if (action.does === 'place' && place(structuredClone(session), action.position) === undefined)
    yield 'WORKFLOW_INVALID';
  if (action.does === 'context' && (action.expected ?? session.revision) !== session.revision)
    yield 'CONTEXT_REVISION_MISMATCH';
  if (action.does === 'join' && members(session).includes(action.agent)) yield 'PARTICIPANT_ALREADY_EXISTS';
  if (action.does === 'leave' && !session.roster.some(({ agent }) => agent === action.agent))
    yield 'PARTICIPANT_NOT_FOUND';
}

function* cancelErrors(world: World, session: Session, { task: id, as }: Of<'cancel'>): Generator<string> {
  const task = findTask(world, session.id, id);
  if (!members(session).includes(as)) yield 'SESSION_NOT_FOUND';
  if (task === undefined) yield 'TASK_NOT_FOUND';
  else if (as !== task.delegator && as !== session.orchestrator) yield 'NOT_DELEGATOR';
  else if (!isOpen(task) && task.status !== 'CANCELLED') yield 'TASK_ENDED';
}

function* requestErrors(world: World, session: Session, request: Request): Generator<string> {
  const { id, step, parent, routing } = request;
  if (recipientsOf(world, session, request).length === 0) yield 'RECIPIENT_NOT_FOUND';
  if (!routing.fallbacks.every((agent) => members(session).includes(agent))) yield 'RECIPIENT_NOT_FOUND';
  if (step !== '' && !session.steps.some(({ name }) => name === step)) yield 'WORKFLOW_INVALID';
  if (tasksIn(world, session.id).some((task) => task.messageId === id || task.id === id)) yield 'TASK_ID_TAKEN';
  if ((routing.expiresAt ?? Infinity) <= world.now) yield 'FIELD_INVALID';
  const cause = parentOf(world, request);
  if (parent !== '' && cause === undefined) yield 'TASK_NOT_FOUND';
  if (cause?.status === 'CANCELLED' || cause?.status === 'TIMED_OUT') yield 'TASK_ENDED';
}

function create(world: World, { session: id, orchestrator, roster, automatic, steps }: Of<'create'>): Said[] {
  const session: Session = {
    id,
    orchestrator,
    automatic,
    roster: [...roster],
    steps: steps.map((step) => ({ ...step, status: automatic && step.after.length === 0 ? 'IN_PROGRESS' : 'PENDING' })),
    current: '',
    state: 'ACTIVE',
    revision: 1,
  };
  world.sessions[id] = session;
  sayWorkflow(session);
  return [{ session: id, text: `created ${workflowText(session)}` }];
}

function send(
  world: World,
  message: Of<'say'> | Request | Answer,
  outcome: Exclude<Outcome, { error: string }>,
): Said[] | undefined {
  const name = `${message.from} ${message.id}`;
  const before = world.accepted[name];
  if ((outcome.duplicate ?? false) !== (before !== undefined)) return undefined;
  if (before === undefined && outcome.acceptedAt !== world.now) return undefined;
  if (before !== undefined) return isSame(before.recipients, outcome.recipients ?? []) ? [] : undefined;
  const { said, recipients } = accept(world, message, outcome);
  world.accepted[name] = { content: contentOf(message), recipients };
  return isSame(recipients, outcome.recipients ?? []) ? said : undefined;
}

function accept(
  world: World,
  message: Of<'say'> | Request | Answer,
  outcome: Exclude<Outcome, { error: string }>,
): { said: Said[]; recipients: readonly string[] } {
  if (message.does === 'request') return request(world, message, outcome);
  const { session, from, to, id } = message;
  const mail = (isWanted: boolean) => {
    if (isWanted) post(world, { to, from, what: id, messageId: id, asks: undefined, priority: MEDIUM });
    return isWanted ? [to] : [];
  };
  if (message.does === 'say') return { recipients: mail(true), said: [{ session, text: `said ${id} ${from} ${to}` }] };
  const task = openTaskOf(world, session, { task: message.task, agent: from });
  const isAwaited = task !== undefined && (world.awaited[`${task.delegator} ${task.messageId}`] ?? 0) > 0;
  const meant =
    task ?? tasksIn(world, session).find((one) => one.id === message.task || one.messageId === message.task);
  const isAnswer = message.does === 'answer';
  const recipients = mail(!meant?.routing.keptInSession && !(isAnswer && isAwaited));
  if (task === undefined) {
    const told = recipients.map(() => ({ session, text: `said ${id} ${from} ${to}` }));
    return { recipients, said: isAnswer ? [{ session, text: `ignored ${message.task} ${from} ${id}` }] : told };
  }
  if (isAnswer) return { recipients, said: answer(world, task, { agent: from, failed: message.failed }) };
  Object.assign(task, { status: 'WORKING', progress: message.progress, changedAt: world.now });
  return { recipients, said: [{ session, text: `progressed ${task.id} ${from} ${message.progress}` }] };
}

/** A task for each recipient. */
function request(
  world: World,
  message: Request,
  { atOnce = false, recipients: chosen = [] }: Exclude<Outcome, { error: string }>,
): { said: Said[]; recipients: string[] } {
  const session = sessionOf(world, message);
  const able = recipientsOf(world, session, message);
  // Who has the least to do changes while mail is on its way to disk.
  const isChosenFreely = atOnce && typeof message.to === 'object' && 'capability' in message.to;
  const recipients = isChosenFreely ? able.filter((agent) => chosen.includes(agent)) : able.slice(0, limitOf(message));
  const parent = parentOf(world, message);
  const deadline = Math.min(message.routing.expiresAt ?? Infinity, parent?.deadline ?? Infinity);
  const said: Said[] = [];
  const begun: Task[] = [];
  for (const [index, assignee] of recipients.entries()) {
    const under = session.steps.find(({ status, requires }) => status === 'IN_PROGRESS' && requires.includes(assignee));
    const task: Task = {
      id: recipients.length === 1 ? message.id : `${message.id}#${index + 1}`,
      session: session.id,
      messageId: message.id,
      delegator: message.from,
      requested: assignee,
      step: message.step || (session.automatic ? (under?.name ?? '') : ''),
      parent: parent?.id ?? '',
      routing: message.routing,
      priority: message.priority,
      deadline: deadline === Infinity ? undefined : deadline,
      assignee,
      status: 'QUEUED',
      attempt: 1,
      turn: 1,
      attemptAt: world.now,
      fallbacksTried: 0,
      progress: 0,
      error: '',
      changedAt: world.now,
    };
    world.tasks.push(task);
    begun.push(task);
    said.push({ session: session.id, text: delegatedText(task) });
    // A step that was given up is under way again with a new task in it.
    const step = session.steps.find(({ name, status }) => name === task.step && status === 'FAILED');
    if (step === undefined || !session.automatic) continue;
    step.status = 'IN_PROGRESS';
    said.push(sayWorkflow(session));
  }
  for (const task of begun) sendRequest(world, task);
  return { said, recipients };
}

export function delegatedText({
  id,
  delegator,
  assignee,
  step,
  parent,
  deadline,
}: Pick<Task, 'id' | 'delegator' | 'assignee' | 'step' | 'parent' | 'deadline'>): string {
  return `delegated ${id} ${delegator} ${assignee} step=${step} parent=${parent} deadline=${deadline ?? ''}`;
}

function parentOf(world: World, { session, from, parent }: Request): Task | undefined {
  if (parent === '') return undefined;
  return openTaskOf(world, session, { task: parent, agent: from }) ?? findTask(world, session, parent);
}

function recipientsOf(world: World, session: Session, { to, from }: Request): string[] {
  const others = session.roster.filter(({ agent }) => agent !== from);
  if (to === 'all') return others.map(({ agent }) => agent);
  if ('role' in to) return others.filter(({ role }) => role === to.role).map(({ agent }) => agent);
  if ('agent' in to) return members(session).includes(to.agent) ? [to.agent] : [];
  const able = members(session).filter(
    (agent) => agent !== from && world.agents[agent]?.able && goneSince(world, agent) === undefined,
  );
  const load = (agent: string) =>
    [isSlow(world, agent) ? 1 : 0, depth(world, agent) / instances(world, agent)] as const;
  able.sort((a, b) => load(a)[0] - load(b)[0] || load(a)[1] - load(b)[1] || (a < b ? -1 : 1));
  return able;
}

/** Of those that are able one is asked; of all others everybody. */
function limitOf({ to }: Request): number {
  return typeof to === 'object' && 'capability' in to ? 1 : Infinity;
}

/** All of an agent's processes are late with their heartbeat. One that calls is not late: it is there or gone. */
function isSlow({ agents, now }: World, agentId: string): boolean {
  const { credit, streamHeardAt, beatAt } = agents[agentId] as Agent;
  const calls = beatAt >= 0 && now - beatAt <= 2 * RULES.heartbeatMs;
  return credit > 0 && !calls && now - streamHeardAt > 1.5 * RULES.heartbeatMs;
}

function instances({ agents, now }: World, agentId: string): number {
  const { credit, beatAt } = agents[agentId] as Agent;
  const calls = beatAt >= 0 && now - beatAt <= 2 * RULES.heartbeatMs;
  return Math.max((credit > 0 ? 1 : 0) + (calls ? 1 : 0), 1);
}

function isReachable(world: World, session: Session, agent: string): boolean {
  return members(session).includes(agent) || (world.agents[agent]?.registered ?? false);
}

function callOff(world: World, { session, task: id }: Of<'cancel'>): Said[] {
  const task = findTask(world, session, id);
  return task !== undefined && isOpen(task) ? cancel(world, task) : [];
}

function placed(world: World, action: Of<'place'>): Said[] {
  const session = sessionOf(world, action);
  const result = place(session, action.position);
  if (result === undefined) throw new Error('an error was expected');
  const started = result.started.map((step) => ({ step }) as Task);
  return [result.said, ...follow(world, session.id, started)];
}

function leave(world: World, action: Of<'leave'>): Said[] {
  const session = sessionOf(world, action);
  session.roster = session.roster.filter(({ agent }) => agent !== action.agent);
  for (const task of tasksIn(world, session.id)) {
    if (!isOpen(task) || task.assignee !== action.agent) continue;
    world.duties.push({ about: 'removed', task: task.id, session: session.id, turn: task.turn });
  }
  return [{ session: session.id, text: `left ${action.agent}` }];
}

/** Gives the ids that settle nothing. */
function settle(world: World, action: Of<'acknowledge'> | Of<'reject'> | Of<'extend'>): string[] {
  const ids = action.does === 'acknowledge' ? action.ids : [action.id];
  return ids.filter((id) => {
    const found = named(world, action.agent, id);
    if (found === undefined) return true;
    const { copy, current } = found;
    if (action.does === 'acknowledge') {
      if (!current && copy.state === 'leased') return true;
      if (current) copy.attempts++;
      end(world, copy, 'acknowledged');
      return false;
    }
    if (!current) return true;
    if (action.does === 'extend') copy.leasedUntil = world.now + action.leaseMs;
    else if (action.how !== 'drop') giveBack(world, copy, action.how);
    else {
      copy.attempts++;
      end(world, copy, 'dead_lettered');
    }
    return false;
  });
}

function disconnect(world: World, agentId: string): void {
  const agent = world.agents[agentId] as Agent;
  if (agent.credit === 0) return;
  Object.assign(agent, { credit: 0, heardAt: Math.max(agent.heardAt, world.now) });
  for (const copy of world.mail) {
    if (copy.to === agentId && copy.state === 'leased' && copy.inStream) giveBack(world, copy);
  }
}

function restart(world: World): void {
  for (const copy of world.mail) if (copy.state === 'leased') giveBack(world, copy);
  for (const agent of Object.values(world.agents)) Object.assign(agent, { credit: 0, beatAt: -1, heardAt: -1 });
  world.upSince = world.now;
}

/** What an agent's stream is handed next. Undefined if that is nothing it may be handed. */
export function takeByStream(world: World, agent: string, delivery: HandedOut): Said[] | undefined {
  if (streamCredit(world, agent) <= 0) return undefined;
  const isRight = handOut(world, agent, { ...delivery, leaseMs: RULES.streamLeaseMs, inStream: true });
  return isRight ? [] : undefined;
}

/** Whether no mail waits beside a stream that has credit for it. One may notice late that a lease ran out. */
export function areStreamsServed(world: World): boolean {
  return Object.entries(world.agents).every(([name, { credit, leaseLostAt }]) => {
    const isLate = world.now - leaseLostAt > RULES.leaseSweepMs;
    return credit === 0 || !isLate || streamCredit(world, name) <= 0 || availableTo(world, name).length === 0;
  });
}

function streamCredit(world: World, agentId: string): number {
  const held = world.mail.filter((copy) => copy.to === agentId && copy.state === 'leased' && copy.inStream).length;
  return (world.agents[agentId]?.credit ?? 0) - held;
}

function couldTakeMore(world: World, agent: string): boolean {
  return availableTo(world, agent).some(({ fresh }) => !fresh);
}

function sessionOf(world: World, { session }: { session: string }): Session {
  const found = world.sessions[session];
  if (found === undefined) throw new Error(`no action is about a session that was not created: ${session}`);
  return found;
}

function contentOf(message: object): string {
  return JSON.stringify(message);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}
