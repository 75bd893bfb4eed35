import { type Agent, type Copy, type Duty, RULES, type Task, type World } from './world.ts';

type NewCopy = Pick<Copy, 'to' | 'from' | 'what' | 'messageId' | 'asks' | 'priority'> &
  Partial<Pick<Copy, 'expiresAt' | 'availableAt' | 'turn'>>;

/** Puts a message into a mailbox. */
export function post(world: World, copy: NewCopy): Copy {
  const posted: Copy = {
    expiresAt: Infinity,
    availableAt: 0,
    turn: 0,
    ...copy,
    acceptedAt: world.now,
    state: 'waiting',
    fresh: true,
    leaving: false,
    attempts: 0,
    handedOutAs: [],
    leasedUntil: 0,
    backAt: -Infinity,
    inStream: false,
  };
  world.mail.push(posted);
  return posted;
}

export function isPending({ state }: Copy): boolean {
  return state === 'waiting' || state === 'leased';
}

/** What an agent could be handed now, oldest first. */
export function availableTo(world: World, agent: string): Copy[] {
  return world.mail.filter(
    (copy) =>
      copy.to === agent && copy.state === 'waiting' && copy.availableAt <= world.now && copy.expiresAt > world.now,
  );
}

export interface HandedOut {
  readonly deliveryId: string;
  readonly from: string;
  readonly what: string;
  readonly attempt: number;
  readonly acceptedAt: number;
  /** When the lease ends. */
  readonly until: number;
}

/** Leases a message, if it is one whose turn it is. Whether it was. */
export function handOut(
  world: World,
  agent: string,
  delivery: HandedOut & { leaseMs: number; inStream: boolean },
): boolean {
  const all = availableTo(world, agent);
  const { from, what, attempt, acceptedAt, until, leaseMs, inStream } = delivery;
  if (until !== world.now + leaseMs) return false;
  const isIt = (one: Copy) =>
    one.from === from && one.what === what && one.attempts + 1 === attempt && one.acceptedAt === acceptedAt;
  const copy = all.find(isIt);
  if (copy === undefined) return handOutInVain(world, agent, { ...delivery, isIt });
  const available = all.filter((one) => one === copy || !one.fresh);
  const passed = world.passedOver[agent] ?? [0, 0, 0, 0, 0];
  const older = available.slice(0, available.indexOf(copy));
  if (older.some(({ priority }) => priority === copy.priority)) return false;
  if (available.some(({ priority }) => priority > copy.priority) && (passed[copy.priority] ?? 0) < RULES.starvation)
    return false;
  world.passedOver[agent] = passed.map((times, priority) => {
    const isPassedOver = priority !== copy.priority && all.some((one) => one.priority === priority);
    return isPassedOver ? times + 1 : 0;
  });
  copy.state = 'leased';
  copy.handedOutAs.push(delivery.deliveryId);
  copy.leasedUntil = until;
  copy.inStream = inStream;
  if (copy.asks !== undefined) addDuty(world, copy, 'delivered');
  return true;
}

/** What was handed out right before it was taken back may be seen after that: its way through the stream takes a moment. */
function handOutInVain(
  world: World,
  agent: string,
  { deliveryId, isIt, until, inStream }: HandedOut & { isIt(copy: Copy): boolean; inStream: boolean },
): boolean {
  const copy = world.mail.find((one) => one.to === agent && one.leaving && isIt(one));
  if (copy === undefined) return false;
  copy.leaving = false;
  copy.attempts++;
  copy.handedOutAs.push(deliveryId);
  // A stream may count it as held until its lease is over.
  if (inStream) (world.agents[agent] as Agent).leaseLostAt = until;
  if (copy.asks !== undefined) addDuty(world, copy, 'delivered');
  return true;
}

/** Ends a lease: back into the mailbox, unless that was the last delivery or it is too old. */
export function giveBack(world: World, copy: Copy, delayMs = 0): void {
  copy.attempts++;
  copy.state = 'waiting';
  copy.fresh = true;
  copy.backAt = world.now;
  if (copy.expiresAt <= world.now) end(world, copy, 'expired');
  else if (copy.attempts >= RULES.maxDeliveries) end(world, copy, 'dead_lettered');
  else copy.availableAt = world.now + delayMs;
}

export function end(world: World, copy: Copy, state: 'acknowledged' | 'expired' | 'dead_lettered'): void {
  copy.state = state;
  copy.backAt = world.now;
  if (copy.asks !== undefined) addDuty(world, copy, state === 'acknowledged' ? 'accepted' : 'undelivered');
}

/** The copy that a delivery id names, if it may settle it: it is the current lease's, or nobody has the message. */
export function named(world: World, agent: string, deliveryId: string): { copy: Copy; current: boolean } | undefined {
  const copy = world.mail.find((one) => one.to === agent && isPending(one) && one.handedOutAs.includes(deliveryId));
  if (copy === undefined) return undefined;
  return { copy, current: copy.state === 'leased' && copy.handedOutAs.at(-1) === deliveryId };
}

/** Time goes by: leases and messages run out. */
export function passTime(world: World, now: number): void {
  const before = world.now;
  world.now = now;
  for (const copy of world.mail) {
    if (copy.availableAt > before) copy.fresh = true;
    if (copy.state === 'leased' && copy.leasedUntil <= now) {
      if (copy.inStream)
        (world.agents[copy.to] as Agent).leaseLostAt = Math.max(now, (world.agents[copy.to] as Agent).leaseLostAt);
      giveBack(world, copy);
    } else if (copy.state === 'waiting' && copy.expiresAt <= now) {
      end(world, copy, 'expired');
    }
  }
}

/** Takes the request of a task back. */
export function withdraw(world: World, task: Task): void {
  for (const copy of world.mail) {
    if (copy.asks === task.id && copy.from === task.delegator && copy.to === task.assignee && isPending(copy)) {
      if (copy.state === 'leased') copy.attempts++;
      copy.leaving = true;
      copy.state = 'withdrawn';
    }
  }
}

/** Everything of an agent's that is not settled. */
export function depth(world: World, agent: string): number {
  return world.mail.filter((copy) => copy.to === agent && isPending(copy)).length;
}

/** A sign of life by a call; one that waits or asks for mail is one. */
export function beat(world: World, agentId: string): void {
  const agent = world.agents[agentId];
  if (!agent?.registered) return;
  agent.beatAt = world.now;
  agent.heardAt = world.now;
}

/** When an agent went: undefined for one that is there, or that nobody knows. */
export function goneSince(world: World, agentId: string): number | undefined {
  const agent = world.agents[agentId];
  if (!agent?.registered || agent.credit > 0) return undefined;
  const isThere = agent.beatAt >= 0 && world.now - agent.beatAt <= 2 * RULES.heartbeatMs;
  return isThere ? undefined : Math.max(agent.heardAt, 0);
}

function addDuty(world: World, copy: Copy, what: Duty['about']): void {
  const task = world.tasks.find(({ id, delegator }) => id === copy.asks && delegator === copy.from);
  if (task === undefined) return;
  world.duties.push({ about: what, task: task.id, session: task.session, turn: copy.turn });
}
