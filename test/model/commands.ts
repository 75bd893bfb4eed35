import fc from 'fast-check';
import type { Action, Target } from './reference/actions.ts';
import { availableTo, isPending } from './reference/mail.ts';
import { isOpen, members, type Session, tasksIn, type World } from './reference/world.ts';
import { AGENTS, CAPABILITY } from './system.ts';

/** What a command means in a world: one action, or several at once. Empty where it means nothing. */
export interface Intent {
  readonly name: string;
  actions(world: World): Action[];
}

const ORCHESTRATOR = 'lead://o';
const NAMES = Object.keys(AGENTS);
const WORKERS = NAMES.filter((name) => name !== ORCHESTRATOR);
const REGISTERED = NAMES.filter((name) => name !== 'work://c');
const STEPS = ['s1', 's2', 's3', 's4'];
const ROLES = ['builder', 'tester'];

const worker = fc.constantFrom(...WORKERS);
const which = fc.nat(1_000);
const often = (weight: number) => fc.nat(99).map((n) => n < weight);

/** One time in so many; otherwise undefined. */
function seldom<T>(arbitrary: fc.Arbitrary<T>, oneIn: number): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

function pick<T>(list: readonly T[], index: number): T | undefined {
  return list[index % Math.max(list.length, 1)];
}

function sessionAt(world: World, index: number): Session | undefined {
  const all = Object.values(world.sessions);
  const open = all.filter(({ state }) => state === 'ACTIVE');
  // Ended sessions are asked now and then; most of what is worth seeing happens in those under way.
  return open.length > 0 && index % 20 !== 0 ? pick(open, index) : pick(all, index);
}

const sessionShape = fc.record({
  roster: fc.subarray(WORKERS, { minLength: 1 }),
  roles: fc.array(fc.constantFrom(...ROLES), { minLength: 4, maxLength: 4 }),
  automatic: often(85),
  steps: fc.array(
    fc.record({
      requires: fc.oneof(
        { weight: 4, arbitrary: worker.map((agent) => [agent]) },
        { weight: 3, arbitrary: fc.subarray(NAMES, { maxLength: 3 }) },
      ),
      after: fc.subarray(STEPS),
      onFailure: fc.constantFrom('HOLD' as const, 'SKIP' as const, 'STOP' as const),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  hasSteps: often(75),
});

const create: fc.Arbitrary<Intent> = sessionShape.map(({ roster, roles, automatic, steps, hasSteps }) => ({
  name: `create ${roster.join()}`,
  actions(world) {
    const count = Object.keys(world.sessions).length;
    if (count >= 3) return [];
    const people = [ORCHESTRATOR, ...roster];
    return [
      {
        does: 'create',
        session: `session-${count + 1}`,
        orchestrator: ORCHESTRATOR,
        roster: roster.map((agent, index) => ({ agent, role: roles[index] ?? 'builder' })),
        automatic,
        steps: (hasSteps ? steps : []).map(({ requires, after, onFailure }, index) => ({
          name: STEPS[index] ?? '',
          requires: requires.filter((agent) => people.includes(agent)),
          after: after.filter((name) => STEPS.indexOf(name) < index),
          onFailure,
        })),
      },
    ];
  },
}));

const target: fc.Arbitrary<Target> = fc.oneof(
  { weight: 8, arbitrary: worker.map((agent) => ({ agent })) },
  { weight: 2, arbitrary: fc.constantFrom(...ROLES).map((role) => ({ role })) },
  { weight: 1, arbitrary: fc.constant('all' as const) },
  { weight: 1, arbitrary: fc.constant({ capability: CAPABILITY }) },
);

const routing = fc.record({
  timeoutMs: seldom(fc.constantFrom(500, 2_000, 10_000, 60_000), 2),
  retries: fc.constantFrom(0, 0, 1, 2, 3),
  backoff: fc.constantFrom('NONE' as const, 'LINEAR' as const, 'EXPONENTIAL' as const),
  initialMs: fc.constantFrom(0, 100, 1_000, 5_000),
  maxMs: fc.constantFrom(1_000, 4_000, 60_000),
  fallbacks: fc.oneof(fc.constant<string[]>([]), fc.shuffledSubarray(WORKERS, { maxLength: 3 })),
  expiresInMs: seldom(fc.constantFrom(1_000, 5_000, 30_000, 120_000), 3),
  keptInSession: often(20),
});

const request: fc.Arbitrary<Intent> = fc
  .record({
    session: which,
    from: seldom(worker, 3),
    stranger: often(5),
    to: target,
    step: seldom(fc.constantFrom(...STEPS), 3),
    parent: seldom(which, 3),
    priority: fc.constantFrom(1, 2, 2, 2, 3, 4),
    routing,
    taken: seldom(which, 12),
  })
  .map(({ session: index, from, to, step = '', parent, priority, routing: route, taken, stranger }) => ({
    name: `request of ${from ?? 'the orchestrator'} to ${JSON.stringify(to)}`,
    actions(world) {
      const session = sessionAt(world, index);
      if (session === undefined) return [];
      const { expiresInMs, ...rest } = route;
      const tasks = tasksIn(world, session.id);
      const cause = parent === undefined ? undefined : pick(index % 9 === 0 ? tasks : tasks.filter(isOpen), parent);
      const reused = taken === undefined ? undefined : pick(tasks, taken);
      const inSession = members(session);
      // Mostly members, since all that strangers get is an error.
      const known = (agent: string) =>
        stranger || inSession.includes(agent) ? agent : (pick(inSession.slice(1), index) ?? agent);
      return [
        {
          does: 'request',
          session: session.id,
          from: known(cause?.assignee ?? from ?? ORCHESTRATOR),
          to: typeof to === 'object' && 'agent' in to ? { agent: known(to.agent) } : to,
          id: reused?.messageId ?? `m${Object.keys(world.accepted).length + 1}`,
          step: session.steps.some(({ name }) => name === step) || index % 30 === 0 ? step : '',
          parent: cause?.id ?? '',
          priority,
          routing: {
            ...rest,
            // Mostly those who may be asked; strangers are refused all the same.
            fallbacks:
              index % 25 === 0 ? rest.fallbacks : rest.fallbacks.filter((agent: string) => inSession.includes(agent)),
            expiresAt: expiresInMs === undefined ? undefined : world.now + expiresInMs,
          },
          content: Object.keys(world.accepted).length,
        },
      ];
    },
  }));

const answerOrReport: fc.Arbitrary<Intent> = fc
  .record({
    does: fc.constantFrom('answer' as const, 'answer' as const, 'report' as const),
    task: which,
    open: often(85),
    other: seldom(worker, 8),
    byMessage: often(50),
    failed: often(35),
    progress: fc.nat(100),
  })
  .map(({ does, task: index, open, other, byMessage, failed, progress }) => ({
    name: `${does}${failed ? ' failed' : ''}`,
    actions(world) {
      const task = pick(open ? world.tasks.filter(isOpen) : world.tasks, index);
      if (task === undefined) return [];
      return [
        {
          does,
          session: task.session,
          from: other ?? task.assignee,
          to: task.delegator,
          id: `m${Object.keys(world.accepted).length + 1}`,
          task: byMessage ? task.messageId : task.id,
          failed,
          progress,
        },
      ];
    },
  }));

/** The same message again, as after a connection that broke. */
const resend: fc.Arbitrary<Intent> = which.map((index) => ({
  name: 'resend',
  actions(world) {
    const before = pick(Object.values(world.accepted), index);
    return before === undefined ? [] : [JSON.parse(before.content) as Action];
  },
}));

const say: fc.Arbitrary<Intent> = fc.tuple(which, worker, worker).map(([index, from, to]) => ({
  name: `say ${from} ${to}`,
  actions(world) {
    const session = sessionAt(world, index);
    const id = `m${Object.keys(world.accepted).length + 1}`;
    return session === undefined ? [] : [{ does: 'say', session: session.id, from, to, id }];
  },
}));

const cancel: fc.Arbitrary<Intent> = fc.tuple(which, seldom(fc.constantFrom(...NAMES), 3)).map(([index, as]) => ({
  name: 'cancel',
  actions(world) {
    const open = world.tasks.filter(isOpen);
    const task = pick(open.length > 0 && index % 5 !== 0 ? open : world.tasks, index);
    return task === undefined
      ? []
      : [{ does: 'cancel', session: task.session, task: task.id, as: as ?? task.delegator }];
  },
}));

const place: fc.Arbitrary<Intent> = fc
  .record({
    session: which,
    current: seldom(fc.constantFrom(...STEPS), 2),
    completed: fc.subarray(STEPS, { maxLength: 2 }),
    pending: fc.subarray(STEPS, { maxLength: 2 }),
  })
  .map(({ session: index, current = '', completed, pending }) => ({
    name: `place ${current} completed ${completed.join()} pending ${pending.join()}`,
    actions(world) {
      const session = sessionAt(world, index);
      if (session === undefined || session.steps.length === 0) return [];
      const isKnown = (name: string) => index % 20 === 0 || session.steps.some((step) => step.name === name);
      const isFree = (name: string) => isKnown(name) && name !== current;
      const position = {
        current: isKnown(current) ? current : '',
        completed: completed.filter(isFree),
        pending: pending.filter((name) => isFree(name) && !completed.includes(name)),
      };
      return [{ does: 'place', session: session.id, position }];
    },
  }));

const roster: fc.Arbitrary<Intent> = fc
  .record({ session: which, joins: often(60), agent: worker, role: fc.constantFrom(...ROLES) })
  .map(({ session: index, joins, agent, role }) => ({
    name: joins ? `join ${agent}` : `leave ${agent}`,
    actions(world) {
      const session = sessionAt(world, index);
      if (session === undefined) return [];
      const about = { session: session.id, agent };
      return [joins ? { does: 'join', ...about, role } : { does: 'leave', ...about }];
    },
  }));

const context: fc.Arbitrary<Intent> = fc.tuple(which, seldom(fc.nat(3), 3)).map(([index, expected]) => ({
  name: 'context',
  actions(world) {
    const session = sessionAt(world, index);
    return session === undefined ? [] : [{ does: 'context', session: session.id, expected }];
  },
}));

const end: fc.Arbitrary<Intent> = fc
  .tuple(which, fc.constantFrom('COMPLETED' as const, 'TERMINATED' as const))
  .map(([index, how]) => ({
    name: `end ${how}`,
    actions(world) {
      const session = sessionAt(world, index);
      return session === undefined ? [] : [{ does: 'end', session: session.id, how }];
    },
  }));

const receive: fc.Arbitrary<Intent> = fc
  .record({
    agent: which,
    max: fc.integer({ min: 1, max: 4 }),
    leaseMs: fc.constantFrom(1_000, 5_000, 30_000, 300_000),
  })
  .map(({ agent: index, max, leaseMs }) => ({
    name: `receive ${max}`,
    actions(world) {
      const waiting = NAMES.filter((name) => availableTo(world, name).length > 0);
      const agent = pick(waiting.length > 0 && index % 10 !== 0 ? waiting : NAMES, index);
      return agent === undefined ? [] : [{ does: 'receive', agent, max, leaseMs }];
    },
  }));

const settle: fc.Arbitrary<Intent> = fc
  .record({
    how: fc.oneof(
      { weight: 6, arbitrary: fc.constant('acknowledge' as const) },
      { weight: 2, arbitrary: fc.constantFrom(0, 700, 20_000) },
      { weight: 1, arbitrary: fc.constant('drop' as const) },
      { weight: 1, arbitrary: fc.constant('extend' as const) },
    ),
    copies: fc.array(which, { minLength: 1, maxLength: 3 }),
    stale: often(10),
  })
  .map(({ how, copies, stale }) => ({
    name: `settle ${how}`,
    actions(world) {
      const known = world.mail.filter((copy) => copy.handedOutAs.length > 0 && (stale || isPending(copy)));
      const first = pick(known, copies[0] ?? 0);
      if (first === undefined) return [];
      const agent = first.to;
      const id = stale ? (pick(first.handedOutAs, copies[1] ?? 0) ?? '') : (first.handedOutAs.at(-1) ?? '');
      const theirs = known.filter(({ to }) => to === agent);
      const more = copies.slice(1).flatMap((index) => pick(theirs, index)?.handedOutAs.at(-1) ?? []);
      if (how === 'acknowledge') return [{ does: 'acknowledge', agent, ids: [...new Set([id, ...more])] }];
      if (how === 'extend') return [{ does: 'extend', agent, id, leaseMs: 40_000 }];
      return [{ does: 'reject', agent, id, how }];
    },
  }));

const presence: fc.Arbitrary<Intent> = fc
  .record({ agent: fc.constantFrom(...REGISTERED), does: fc.nat(9), credit: fc.integer({ min: 1, max: 3 }) })
  .map(({ agent, does, credit }) => ({
    name: `presence of ${agent}`,
    actions(world) {
      if (does < 2) return [{ does: 'beat', agent }];
      const isConnected = (world.agents[agent]?.credit ?? 0) > 0;
      return [isConnected ? { does: 'disconnect', agent } : { does: 'connect', agent, credit }];
    },
  }));

const wait: fc.Arbitrary<Intent> = fc
  .oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 2_500 }) },
    { weight: 4, arbitrary: fc.integer({ min: 2_500, max: 45_000 }) },
    { weight: 1, arbitrary: fc.constantFrom(120_000, 300_000, 3_700_000) },
  )
  .map((ms) => ({ name: `wait ${ms}`, actions: (world) => [{ does: 'wait', until: world.now + ms }] }));

const restart: fc.Arbitrary<Intent> = fc.constant({ name: 'restart', actions: () => [{ does: 'restart' }] });

/** What may be asked at the same time as something else. */
const simple: fc.Arbitrary<Intent> = fc.oneof(
  { weight: 16, arbitrary: request },
  { weight: 12, arbitrary: answerOrReport },
  { weight: 1, arbitrary: say },
  { weight: 2, arbitrary: resend },
  { weight: 4, arbitrary: cancel },
  { weight: 2, arbitrary: place },
  { weight: 2, arbitrary: roster },
  { weight: 1, arbitrary: context },
  { weight: 1, arbitrary: end },
  { weight: 12, arbitrary: receive },
  { weight: 8, arbitrary: settle },
  { weight: 4, arbitrary: presence },
);

/** Everything that can be asked of a bus, the common more often. */
export const intent: fc.Arbitrary<Intent> = fc.oneof(
  { weight: 4, arbitrary: create },
  { weight: 62, arbitrary: simple },
  { weight: 8, arbitrary: wait },
  { weight: 1, arbitrary: restart },
);

/**
 * Several things at once. What each means is decided before any of them is done; messages get names of their own all the
 * same, and time goes on to the next moment at which something is due.
 */
export const together: fc.Arbitrary<Intent> = fc
  .tuple(fc.array(simple, { minLength: 2, maxLength: 4 }), often(50))
  .map(([parts, timePasses]) => ({
    name: `at once: ${parts.map(({ name }) => name).join(' & ')}${timePasses ? ' & time' : ''}`,
    actions(world) {
      const taken = new Set<string>();
      const actions = parts
        .flatMap((part) => part.actions(world))
        .map((action, index) => {
          if (!('id' in action) || !('from' in action) || !taken.has(action.id)) return note(taken, action);
          return note(taken, { ...action, id: `${action.id}-${index}` });
        });
      if (actions.length < 2) return [];
      return timePasses ? [...actions, { does: 'wait', until: Infinity }] : actions;
    },
  }));

function note(taken: Set<string>, action: Action): Action {
  if ('id' in action) taken.add(action.id);
  return action;
}
