import type fc from 'fast-check';
import { ParticipantStatus } from '../../gen/ts/agentbus/v1/participant_pb.js';
import { SessionState } from '../../gen/ts/agentbus/v1/session_pb.js';
import { TaskStatus } from '../../gen/ts/agentbus/v1/task_pb.js';
import { anybody } from '../open-bus.ts';
import { workflowLine } from './event-line.ts';
import { type Done, explain } from './explain.ts';
import type { Action } from './reference/actions.ts';
import { availableTo, depth } from './reference/mail.ts';
import { workflowText } from './reference/workflow.ts';
import { tasksIn, type World } from './reference/world.ts';
import { AGENTS, type System } from './system.ts';

/** A bus and a model that go the same way. */
export interface Run {
  readonly system: System;
  world: World;
  /** What was done and seen, for whoever reads a failure. */
  readonly story: string[];
  readonly scheduler: fc.Scheduler;
  /** Commands that were executed. */
  commands: number;
}

export function emptyWorld(now: number): World {
  const nobody = { credit: 0, streamHeardAt: -1, beatAt: -1, heardAt: -1, leaseLostAt: -Infinity };
  return {
    now,
    upSince: now,
    sessions: {},
    tasks: [],
    mail: [],
    accepted: {},
    agents: Object.fromEntries(Object.entries(AGENTS).map(([name, agent]) => [name, { ...agent, ...nobody }])),
    duties: [],
    awaited: {},
    passedOver: {},
  };
}

/**
 * Does actions and sees that the model can do the same. Several at once begin at moments of the scheduler's choice, which
 * also says when the store gets to its work and when what is read arrives.
 */
export async function doTogether(run: Run, actions: readonly Action[]): Promise<void> {
  const { system, scheduler } = run;
  const done: Done[] = [];
  const perform = async (action: Action): Promise<void> => {
    const outcome = await system.perform(action);
    done.push({
      action,
      outcome: actions.length > 1 && outcome.error === undefined ? { ...outcome, atOnce: true } : outcome,
    });
  };
  if (actions.length === 1) {
    await Promise.all(actions.map(perform));
    await system.settle();
  } else {
    // What is held back has happened already: the scheduler would wait in vain for what only it can let happen.
    system.schedule((answer, label) => answer.then((value) => scheduler.schedule(Promise.resolve(value), label)));
    const under = actions.map((action) =>
      scheduler.schedule(Promise.resolve(), action.does).then(() => perform(action)),
    );
    while (scheduler.count() > 0) {
      await scheduler.waitNext(1);
      await system.settle();
    }
    await Promise.all(under);
    system.schedule(undefined);
    await system.settle();
  }
  check(run, done);
}

/** Lets time pass, moment by moment, up to the end. */
export async function waitUntil(run: Run, until: number): Promise<void> {
  do {
    await doTogether(run, [{ does: 'wait', until }]);
  } while (run.system.clock.now() < until || run.system.clock.nextDue <= until);
}

function check(run: Run, done: readonly Done[]): void {
  const { system } = run;
  const seen = system.look();
  if (done.some(({ action }) => action.does !== 'wait') || seen.length > 0) {
    run.story.push(...done.map((one) => `> ${JSON.stringify(one)}`), ...seen.map((one) => `  ${JSON.stringify(one)}`));
  }
  if (system.faults.length > 0) throw new Error(`the bus failed:\n${system.faults.join('\n')}`);
  const world = explain(run.world, done, seen);
  if (world === undefined) throw new Error('what the bus did is nothing that the contract allows');
  run.world = world;
  // What there was no occasion for has lost its meaning; a task that nobody was given still has its end before it.
  world.duties = world.duties.filter(({ about }) => about === 'undelivered');
  for (const copy of world.mail) copy.fresh = false;
  equal('deliveries that were leased for a stream and not given to it', system.onTheWay.size, 0);
}

/** Compares all that the bus shows with the model. */
export async function compare({ system, world }: Run): Promise<void> {
  const { bus, engine } = system;
  for (const name of Object.keys(AGENTS)) {
    equal(`depth of the mailbox of ${name}`, engine.mailboxes.depth(name).messages, depth(world, name));
  }
  for (const session of Object.values(world.sessions)) {
    const shown = await bus.sessions.get(anybody, session.id);
    equal('state', SessionState[shown.state], session.state);
    equal('workflow', workflowLine(shown.workflow), workflowText(session));
    equal('context_revision', shown.contextRevision, BigInt(session.revision));
    const active = shown.participants.filter(({ status }) => status === ParticipantStatus.ACTIVE);
    equal('roster', active.map(({ agentId }) => agentId).join(), session.roster.map(({ agent }) => agent).join());
    const query = { sessionId: session.id, status: TaskStatus.UNSPECIFIED, assignee: '', limit: 1_000 };
    const { tasks } = await bus.tasks.list(anybody, query);
    const lines = tasks.map(({ taskId, status, assignee, attempt, progress, step, error }) =>
      [taskId, TaskStatus[status], assignee, attempt, progress, step, error?.reason ?? ''].join(' '),
    );
    const expected = tasksIn(world, session.id).map(({ id, status, assignee, attempt, progress, step, error }) =>
      [id, status, assignee, attempt, progress, step, error].join(' '),
    );
    equal(`tasks of ${session.id}`, lines.join('\n'), expected.join('\n'));
  }
}

/** What holds at the end of every run, and that nothing is left when all is done. */
export async function finish(run: Run): Promise<void> {
  await compare(run);
  await doTogether(run, [{ does: 'restart' }]);
  await compare(run);
  for (const { id, state } of Object.values(run.world.sessions)) {
    if (state === 'ACTIVE') await doTogether(run, [{ does: 'end', session: id, how: 'COMPLETED' }]);
  }
  for (const name of Object.keys(AGENTS)) await empty(run, name);
  await compare(run);
  for (const [session, sequences] of run.system.sequences) {
    const isGapless = sequences.every((sequence, index) => sequence === index + 1);
    equal(`sequences of ${session} without gaps`, isGapless, true);
  }
  await requireRecords(run);
  await requireNothingKept(run);
}

/** Takes and settles all mail of an agent, also what is delayed. */
async function empty(run: Run, agent: string): Promise<void> {
  const delayed = run.world.mail.filter(({ to, state }) => to === agent && state === 'waiting');
  const last = Math.max(0, ...delayed.map(({ availableAt }) => availableAt));
  if (last > run.world.now) await waitUntil(run, last);
  while (availableTo(run.world, agent).length > 0) {
    await doTogether(run, [{ does: 'receive', agent, max: 100, leaseMs: 30_000 }]);
    const held = run.world.mail.filter(({ to, state }) => to === agent && state === 'leased');
    await doTogether(run, [
      { does: 'acknowledge', agent, ids: held.map(({ handedOutAs }) => handedOutAs.at(-1) ?? '') },
    ]);
  }
  equal(`mail of ${agent} that is left`, run.system.engine.mailboxes.depth(agent).messages, 0);
}

/** Every copy of every message ended as the model says. */
async function requireRecords({ system, world }: Run): Promise<void> {
  const keys = Object.keys(world.accepted).map((name) => {
    const [sender = '', messageId = ''] = name.split(' ');
    return { sender, messageId };
  });
  const records = await system.engine.messages.find(keys);
  for (const [index, { sender, messageId }] of keys.entries()) {
    const copies = world.mail.filter((copy) => copy.from === sender && copy.messageId === messageId);
    const isRequest = copies.some(({ asks }) => asks !== undefined);
    const found = (records[index] ?? []).map(
      (copy) => `${copy.recipient} ${stateOf(copy, isRequest)} ${copy.attempts}`,
    );
    const expected = copies.map((copy) => `${copy.to} ${stateOf(copy, isRequest)} ${copy.attempts}`);
    // In any order: attempts of one millisecond cannot be told apart by whoever gets their mail.
    if (copies.length > 0) equal(`copies of ${messageId}`, found.sort().join('\n'), expected.sort().join('\n'));
  }
}

/** A request may run out, or come back too often, in the moment in which it is taken back: the task's events tell which counted. */
function stateOf({ state }: { state: string }, isRequest: boolean): string {
  return isRequest && /expired|dead_lettered|withdrawn/.test(state) ? 'in vain' : state;
}

/** The bus keeps no request that it will not send again. */
async function requireNothingKept({ system, world }: Run): Promise<void> {
  for (const { delegator: sender, messageId } of world.tasks) {
    const kept = await system.engine.messages.envelope({ sender, messageId });
    equal(`the kept request ${messageId}`, kept, undefined);
  }
}

function equal<T>(what: string, found: T, expected: T): void {
  if (found === expected) return;
  throw new Error(`${what}\nbus:   ${found}\nmodel: ${expected}`);
}
