import { isOpen, type Said, type Session, type Step, type StepStatus, tasksIn, type World } from './world.ts';

/** The workflow in one line. */
export function workflowText({ steps, current }: Pick<Session, 'steps' | 'current'>): string {
  return `${steps.map(({ name, status }) => `${name}:${status}`).join(' ')} now ${current}`;
}

/** Moves an AUTOMATIC workflow on from steps that something happened in. Gives the name of a step that ends the session. */
export function moveOn(world: World, session: Session, touched: readonly string[]): { said: Said[]; stop?: string } {
  if (!session.automatic) return { said: [] };
  const queue = session.steps.filter(({ name, status }) => status === 'IN_PROGRESS' && touched.includes(name));
  let stop: string | undefined;
  let moved = false;
  for (const step of queue) {
    const verdict = judge(world, session, step);
    if (verdict === undefined) continue;
    moved = true;
    step.status = verdict;
    if (verdict === 'FAILED' && step.onFailure === 'STOP') stop ??= step.name;
    for (const next of session.steps) {
      if (!next.after.includes(step.name) || !mayStart(session, next)) continue;
      next.status = 'IN_PROGRESS';
      queue.push(next);
    }
  }
  if (!moved) return { said: [] };
  return { said: [sayWorkflow(session)], ...(stop !== undefined && { stop }) };
}

/** How a step under way ends with the tasks that it has; undefined while it goes on. */
function judge(world: World, session: Session, step: Step): StepStatus | undefined {
  const tasks = tasksIn(world, session.id).filter((task) => task.step === step.name);
  const counted = step.requires.filter((agent) => agent !== session.orchestrator);
  const isOrchestratorsOwn = step.requires.length > 0 && counted.length === 0;
  if (isOrchestratorsOwn || tasks.some(isOpen)) return undefined;
  const completed = tasks.filter(({ status }) => status === 'COMPLETED');
  const has = (agent: string) => completed.some((task) => task.assignee === agent || task.requested === agent);
  if (counted.length > 0 ? counted.every(has) : completed.length > 0) return 'COMPLETED';
  if (!tasks.some(({ status }) => status === 'FAILED' || status === 'TIMED_OUT')) return undefined;
  return step.onFailure === 'SKIP' ? 'SKIPPED' : 'FAILED';
}

export function mayStart(session: Session, step: Step): boolean {
  const isOver = (name: string) =>
    session.steps.some((one) => one.name === name && /COMPLETED|SKIPPED/.test(one.status));
  return step.status === 'PENDING' && step.after.every(isOver);
}

/** The current step stays the current one while it is under way; otherwise it is the first that is. */
export function sayWorkflow(session: Session, told?: string): Said {
  const underWay = session.steps.filter(({ status }) => status === 'IN_PROGRESS').map(({ name }) => name);
  const wanted = told ?? session.current;
  if (session.automatic) session.current = underWay.includes(wanted) ? wanted : (underWay[0] ?? '');
  else if (told !== undefined) session.current = told;
  return { session: session.id, text: `workflow ${workflowText(session)}` };
}

export interface Position {
  readonly current: string;
  readonly completed: readonly string[];
  readonly pending: readonly string[];
}

/** The orchestrator says where the workflow stands. Undefined if what it says makes no sense. */
export function place(
  session: Session,
  { current, completed, pending }: Position,
): { said: Said; started: string[] } | undefined {
  const named = [...(current === '' ? [] : [current]), ...completed, ...pending];
  const isKnown = named.every((name) => session.steps.some((step) => step.name === name));
  if (!isKnown || new Set(named).size < named.length) return undefined;
  const waited = session.steps.filter(({ status }) => status === 'PENDING');
  for (const step of session.steps) {
    if (step.name === current) step.status = 'IN_PROGRESS';
    if (completed.includes(step.name)) step.status = 'COMPLETED';
    if (pending.includes(step.name)) step.status = 'PENDING';
  }
  const free = session.steps.filter((step) => !pending.includes(step.name) && mayStart(session, step));
  if (session.automatic) for (const step of free) step.status = 'IN_PROGRESS';
  const started = waited.filter(({ status }) => status === 'IN_PROGRESS').map(({ name }) => name);
  return { said: sayWorkflow(session, current), started };
}
