/**
 * Goal: each task is done, and done once, by whichever process of whichever agent is there to do it.
 * Method: a real bus and agents that are processes of their own; one that holds a task is killed with kill -9.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectOrchestrator, type Orchestrator, SessionEventType, TaskStatus } from '../../src/client/index.ts';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';
import { startWorker, type Worker, type WorkerOptions } from './start-worker.ts';

const FIRST = 'test://first';
const FALLBACK = 'test://fallback';

let bus: BusProcess;
let orchestrator: Orchestrator;
const workers: Worker[] = [];
beforeEach(async () => {
  bus = await startBusProcess({ dataDir: ':memory:', env: { AGENT_BUS_TASK_LEASE: '500' } });
  orchestrator = connectOrchestrator({ address: bus.address, apiKey: bus.apiKey, agentId: 'test://lead' });
});
afterEach(async () => {
  orchestrator.close();
  for (const worker of workers.splice(0)) worker.kill();
  await bus.stop();
});

async function start(options: WorkerOptions): Promise<Worker> {
  const worker = await startWorker(bus, options);
  workers.push(worker);
  return worker;
}

test('a fallback takes over from an agent that is killed at work, after the task lease', async () => {
  const holder = await start({ agentId: FIRST, mode: 'hangs' });
  const fallback = await start({ agentId: FALLBACK, mode: 'works' });
  const session = await orchestrator.createSession({
    participants: [FIRST, FALLBACK].map((agentId) => ({ agentId, role: 'worker' })),
  });
  const answer = session.ask({ to: FIRST, taskId: 't', payload: { number: 7 }, fallbackAgents: [FALLBACK] });
  expect(await holder.firstTask).toBe('t');
  holder.kill();
  expect(await answer).toMatchObject({ agentId: FALLBACK, failed: false, payload: { number: 7 } });
  expect(fallback.tasks).toEqual(['t']);
  expect(await session.task('t')).toMatchObject({ status: TaskStatus.COMPLETED, assignee: FALLBACK });
  await session.complete({ summary: 'done' });
  const failures: unknown[] = [];
  for await (const event of session.events({ types: [SessionEventType.TASK_ATTEMPT_FAILED] })) failures.push(event);
  expect(failures).toMatchObject([
    { body: { case: 'taskAttemptFailed', value: { assignee: FIRST, attempt: 1, error: { reason: 'AGENT_GONE' } } } },
  ]);
});

test('two processes of one agent share a hundred tasks, and do each once', async () => {
  const instances = await Promise.all([1, 2].map(() => start({ agentId: FIRST, mode: 'works' })));
  const session = await orchestrator.createSession({ participants: [{ agentId: FIRST, role: 'worker' }] });
  const taskIds = Array.from({ length: 100 }, (_, number) => `t${number}`);
  const answers = await Promise.all(taskIds.map((taskId) => session.ask({ to: FIRST, taskId, payload: { taskId } })));
  expect(answers.map(({ payload }) => payload.taskId)).toEqual(taskIds);
  const [some = [], others = []] = instances.map(({ tasks }) => tasks);
  // An answer may be faster than the line that its worker wrote before it.
  await expect.poll(() => some.length + others.length).toBeGreaterThanOrEqual(taskIds.length);
  expect([...some, ...others].sort()).toEqual(taskIds.toSorted());
  expect(some.length).toBeGreaterThan(0);
  expect(others.length).toBeGreaterThan(0);
});
