/**
 * Goal: the model test finds faults of the bus. Method: the same runs, on a bus of which one module is replaced by one with
 * a fault; the fault must show.
 */
import process from 'node:process';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { modelSettings, tellFailure } from './settings.ts';

/** Runs in which a fault must show. */
const RUNS = 500;
const SEED = 20_260_101;
const TIMEOUT_MS = 120_000;

type Original<Module> = () => Promise<Module>;
type NextAttempt = typeof import('../../src/bus/task/next-attempt.ts');
type TaskNames = typeof import('../../src/bus/task/task-names.ts');
type Advance = typeof import('../../src/bus/session/advance-workflow.ts');
type EndTask = typeof import('../../src/bus/task/end-task.ts');
type FailAttempt = typeof import('../../src/bus/task/fail-attempt.ts');
type ConsumerModule = typeof import('../../src/bus/message/consumer.ts');
type TaskMail = typeof import('../../src/bus/task/task-mail.ts');
type GoneAgents = typeof import('../../src/bus/task/gone-agents.ts');

const NEXT_ATTEMPT = '../../src/bus/task/next-attempt.ts';
const TASK_NAMES = '../../src/bus/task/task-names.ts';
const ADVANCE = '../../src/bus/session/advance-workflow.ts';
const END_TASK = '../../src/bus/task/end-task.ts';
const FAIL_ATTEMPT = '../../src/bus/task/fail-attempt.ts';
const CONSUMER = '../../src/bus/message/consumer.ts';
const TASK_MAIL = '../../src/bus/task/task-mail.ts';
const GONE_AGENTS = '../../src/bus/task/gone-agents.ts';

/** Puts a module with a fault in the place of the true one. */
const replace = <Module extends object>(path: string, fault: (original: Module) => Partial<Module>) => {
  vi.doMock(path, async (load: Original<Module>) => {
    const original = await load();
    return { ...original, ...fault(original) };
  });
  return path;
};

const FAULTS: readonly { readonly fault: string; put(): string }[] = [
  {
    fault: 'retries come at once, whatever the backoff',
    put: () =>
      replace<NextAttempt>(NEXT_ATTEMPT, ({ nextAttempts }) => ({
        nextAttempts: (...args) => nextAttempts(...args).map((attempt) => ({ ...attempt, delayMs: 0 })),
      })),
  },
  {
    fault: 'the last fallback agent is asked first',
    put: () =>
      replace<NextAttempt>(NEXT_ATTEMPT, ({ nextAttempts }) => ({
        nextAttempts: (...args) => {
          const all = nextAttempts(...args);
          const isFallback = ({ attempt }: { attempt: number }) => attempt === 1;
          return [...all.filter((one) => !isFallback(one)), ...all.filter(isFallback).reverse()];
        },
      })),
  },
  {
    fault: 'a late answer changes a task that has ended',
    put: () =>
      replace<TaskNames>(TASK_NAMES, ({ openTaskOf }) => ({
        openTaskOf: (tasks, name, assignee) => openTaskOf(tasks, name, assignee) ?? tasks.get(name),
      })),
  },
  {
    fault: 'a step is completed while one task is still open',
    put: () =>
      replace<Advance>(ADVANCE, ({ advanceWorkflow }) => ({
        advanceWorkflow: (state, time) => {
          const tasks = [...state.tasks];
          const open = tasks.findLast(({ endedSequence }) => endedSequence === 0n);
          return advanceWorkflow({ ...state, tasks: tasks.filter((task) => task !== open) }, time);
        },
      })),
  },
  {
    fault: 'a cancelled task leaves those that it caused open',
    put: () =>
      replace<EndTask>(END_TASK, ({ cancelTask }) => ({
        cancelTask: (draft, task, cancellation) => {
          const alone = new Proxy(draft.tasks, {
            get: (tasks, name) => (name === 'values' ? () => [task] : Reflect.get(tasks, name)),
          });
          const blind = new Proxy(draft, {
            get: (target, name) => (name === 'tasks' ? alone : Reflect.get(target, name)),
          });
          cancelTask(blind, task, cancellation);
        },
      })),
  },
  {
    fault: 'a retry does not take the mail of the attempt before back',
    put: () => replace<EndTask>(END_TASK, () => ({ takeBack: () => undefined })),
  },
  {
    fault: 'an attempt that fails is counted twice',
    put: () =>
      replace<FailAttempt>(FAIL_ATTEMPT, ({ failAttempt }) => ({
        failAttempt: (draft, task, failed) => {
          failAttempt(draft, task, failed);
          const after = draft.tasks.get(task.taskId);
          if (after?.endedSequence === 0n && failed.envelope !== undefined) failAttempt(draft, after, failed);
        },
      })),
  },
  {
    fault: 'a stream that ends keeps its leases',
    put: () =>
      replace<ConsumerModule>(CONSUMER, ({ createConsumer }) => ({
        createConsumer: (options, surroundings) => {
          const mailboxes = { ...surroundings.mailboxes, releaseHolder: () => undefined };
          return createConsumer(options, { ...surroundings, mailboxes });
        },
      })),
  },
  {
    fault: 'nobody notices that the mail of a task came to nothing',
    put: () =>
      replace<TaskMail>(TASK_MAIL, ({ followTaskMail }) => ({
        followTaskMail: (options) => ({ ...followTaskMail(options), ended: () => undefined }),
      })),
  },
  {
    fault: 'agents may be gone with a task forever',
    put: () => replace<GoneAgents>(GONE_AGENTS, () => ({ watchGoneAgents: () => () => undefined })),
  },
];

let replaced: string[] = [];
beforeEach(() => void vi.resetModules());
afterEach(() => {
  for (const path of replaced) vi.doUnmock(path);
  replaced = [];
});

test.each(FAULTS)('it is found that $fault', { timeout: TIMEOUT_MS }, async ({ fault, put }) => {
  replaced.push(put());
  const { checkModel } = await import('./check-model.ts');
  const { failure, runs } = await checkModel({ seed: SEED, runs: RUNS, concurrent: false, shrinks: false });
  process.stdout.write(`found after ${runs} runs: ${fault}\n`);
  expect(failure).toBeDefined();
});

test('a failure names what replays it: the smallest run that fails is the first to be seen again', {
  timeout: TIMEOUT_MS,
}, async () => {
  replaced.push(FAULTS[0]?.put() ?? '');
  const { checkModel } = await import('./check-model.ts');
  const { failure } = await checkModel({ seed: SEED, runs: RUNS, concurrent: false });
  if (failure === undefined) return expect.fail('nothing was found');
  const { AGENTBUS_MODEL_PATH } = /AGENTBUS_MODEL_PATH='(?<AGENTBUS_MODEL_PATH>[^']*)'/.exec(
    tellFailure(failure, { seed: SEED, file: 'any' }),
  )?.groups ?? { AGENTBUS_MODEL_PATH: '' };
  vi.stubEnv('AGENTBUS_MODEL_SEED', String(SEED)).stubEnv('AGENTBUS_MODEL_PATH', AGENTBUS_MODEL_PATH);
  const again = await checkModel({ ...modelSettings(1), concurrent: false });
  vi.unstubAllEnvs();
  expect([again.runs, again.failure?.story]).toEqual([1, failure.story]);
});
