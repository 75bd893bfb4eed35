import type { JsonObject } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AggregationMethod } from '../../../../gen/ts/agentbus/v1/aggregation_pb.js';
import type { SessionEvent } from '../../../../gen/ts/agentbus/v1/session_event_pb.js';
import { SessionState } from '../../../../gen/ts/agentbus/v1/session_pb.js';
import { aggregateAnswers } from '../../../../src/bus/aggregation/aggregate-answers.ts';
import { rosterOf } from '../../../../src/bus/aggregation/roster.ts';
import { summarizeSession } from '../../../../src/bus/aggregation/summary/summarize-session.ts';
import { AGGREGATION_LIMITS } from '../../../../src/limits.ts';
import { BACKEND, FRONTEND, QA } from '../../../open-bus.ts';
import { createEventLog, historyOf, MINUTE, notifications, SPARE, START } from '../session-fixture.ts';

const SECOND = 1_000;
const payload = (value: JsonObject) => ({ content: { case: 'payload', value } }) as const;

function summaryOf(session: ReturnType<typeof notifications>, events: readonly SessionEvent[], nowMs = 30 * MINUTE) {
  const history = historyOf(session, events);
  const options = { method: AggregationMethod.MANUAL, roleOrder: [], roster: rosterOf(session) };
  const { conflicts } = aggregateAnswers(history.answers, options);
  return summarizeSession({ session, history, conflicts, now: START + nowMs });
}

/** A session in which most things that can go wrong did. */
function eventfulSession(): SessionEvent[] {
  const log = createEventLog();
  log.delegate(12 * MINUTE, { taskId: 'impl_backend', assignee: BACKEND, step: 'implementation' });
  log.add(13 * MINUTE, {
    case: 'taskAttemptFailed',
    value: {
      taskId: 'impl_backend',
      assignee: BACKEND,
      attempt: 1,
      error: { reason: 'ATTEMPT_TIMED_OUT', message: 'no answer within 1 min' },
      nextAssignee: BACKEND,
      nextAttempt: 2,
    },
  });
  log.delegate(13 * MINUTE, { taskId: 'impl_frontend', assignee: FRONTEND, step: 'implementation' });
  log.add(15 * MINUTE, {
    case: 'taskAttemptFailed',
    value: {
      taskId: 'impl_backend',
      assignee: BACKEND,
      attempt: 2,
      error: { reason: 'AGENT_GONE' },
      nextAssignee: SPARE,
      nextAttempt: 1,
    },
  });
  log.add(16.5 * MINUTE, {
    case: 'taskCompleted',
    value: {
      taskId: 'impl_backend',
      agentId: SPARE,
      result: payload({ artifact: 'git://notifications/backend', endpoint: '/v1/notify', confidence: 0.9 }),
    },
  });
  log.add(17 * MINUTE + 300, {
    case: 'taskCompleted',
    value: {
      taskId: 'impl_frontend',
      agentId: FRONTEND,
      result: payload({ artifacts: ['git://notifications/frontend', 7], endpoint: '/notify' }),
    },
  });
  log.delegate(18 * MINUTE, { taskId: 'review', assignee: QA });
  log.add(18 * MINUTE + 7_250, {
    case: 'taskFailed',
    value: {
      taskId: 'review',
      agentId: QA,
      result: payload({ status: 'failed', artifact: 'https://ci.example/runs/17' }),
      error: { reason: 'tests_failed', message: '3 of 41 | see <the log>\n`npm test`' },
    },
  });
  log.delegate(20 * MINUTE, { taskId: 'docs', assignee: QA });
  log.add(21 * MINUTE, {
    case: 'taskTimedOut',
    value: { taskId: 'docs', error: { reason: 'DEADLINE_EXCEEDED', message: 'not done by 09:21' } },
  });
  log.delegate(25 * MINUTE, { taskId: 'fix_review', assignee: SPARE, step: 'implementation' });
  log.add(26 * MINUTE, { case: 'taskDelivered', value: { taskId: 'fix_review', assignee: SPARE, attempt: 1 } });
  log.add(29 * MINUTE, { case: 'taskProgressed', value: { taskId: 'fix_review', agentId: SPARE, progress: 45 } });
  return log.events;
}

// Goal: a reader learns from one page what happened and what is left. Method: pages that were read through by people.
describe('summarizeSession', () => {
  test('of a session that is under way', async () => {
    const summary = summaryOf(notifications(), eventfulSession(), 31 * MINUTE);
    await expect(summary).toMatchFileSnapshot('./under-way.md');
  });

  test('of a session that was completed', async () => {
    const log = createEventLog();
    for (const event of eventfulSession()) log.events.push(event);
    log.add(30 * MINUTE, {
      case: 'taskCancelled',
      value: { taskId: 'fix_review', code: 'SESSION_COMPLETED', reason: 'the session was completed' },
    });
    const session = notifications({
      state: SessionState.COMPLETED,
      completion: {
        summary: 'Notifications work.\n\n# Known problems\n1. `docs` | are missing\n2. <b>review</b> failed',
        artifacts: ['git://notifications/backend', 'https://wiki.example/notifications?v=2'],
      },
    });
    await expect(summaryOf(session, log.events, 90 * MINUTE)).toMatchFileSnapshot('./completed.md');
  });

  test('of a session that was terminated before it began', async () => {
    const session = notifications({
      state: SessionState.TERMINATED,
      participants: [],
      workflow: { steps: [] },
      updatedAt: timestampFromMs(START + 40 * SECOND),
      termination: { reason: 'idle_timeout', details: 'nothing happened for 40 s' },
    });
    await expect(summaryOf(session, [])).toMatchFileSnapshot('./terminated.md');
  });
});

// Goal: agents cannot change the form of the page. Method: one session with any texts, told apart by its form alone.
describe('whatever agents write', () => {
  const text = fc.string({
    unit: fc.oneof(fc.constantFrom(...'|\\`*_<>[]#-\n\r\u2028 '), fc.string({ unit: 'grapheme', maxLength: 1 })),
    minLength: 1,
    maxLength: 30,
  });

  test('tables keep their rows and cells, and lists their lines', () => {
    const form = formOf(summaryWith('x'));
    fc.assert(
      fc.property(text, (hostile) => {
        expect(formOf(summaryWith(hostile))).toEqual(form);
      }),
    );
  });

  function summaryWith(words: string): string {
    const log = createEventLog();
    const result = payload({ [`k${words}`]: words, artifact: `a${words}` });
    log.delegate(0, { taskId: `t-${words}`, assignee: QA, step: words });
    log.delegate(0, { taskId: 'u', assignee: FRONTEND });
    log.delegate(0, { taskId: 'v', assignee: BACKEND });
    const attempt = { assignee: QA, attempt: 1, nextAssignee: QA, nextAttempt: 2 };
    const error = { reason: words, message: words };
    log.add(1, { case: 'taskAttemptFailed', value: { taskId: `t-${words}`, ...attempt, error } });
    log.add(2, { case: 'taskCompleted', value: { taskId: `t-${words}`, agentId: QA, result } });
    const other = payload({ [`k${words}`]: `not ${words}` });
    log.add(3, { case: 'taskCompleted', value: { taskId: 'u', agentId: FRONTEND, result: other } });
    log.add(4, { case: 'taskFailed', value: { taskId: 'v', agentId: BACKEND, error } });
    const session = notifications({
      state: SessionState.TERMINATED,
      participants: [{ agentId: QA, role: words }],
      workflow: { steps: [{ name: words, requiredAgents: [words] }] },
      termination: { reason: words, details: '' },
    });
    return summaryOf(session, log.events);
  }

  /** For each line its kind, and for the row of a table the number of its cells. */
  function formOf(summary: string): string[] {
    return summary.split('\n').map((line) => {
      const cells = line.replace(/\\[!-/:-@[-`{-~]/g, '').split('|').length;
      return line.startsWith('|') ? `row of ${cells}` : line.replace(/^(#+ \w*|\* |> |None|…)?.*$/s, '$1');
    });
  }
});

// Goal: a summary stays one. Method: the largest session that there can be, with texts as long as they may be.
describe('a large session', () => {
  const TASKS = 10_000;

  test('has a summary of bounded length, with everything counted', () => {
    const log = createEventLog();
    for (let n = 1; n <= TASKS; n++) {
      log.delegate(n, { taskId: `task-${n}`, assignee: QA });
      const error = { reason: 'failed', message: '|'.repeat(1_024) };
      if (n % 2 === 0) log.add(n, { case: 'taskFailed', value: { taskId: `task-${n}`, agentId: QA, error } });
    }
    const summary = summaryOf(notifications(), log.events);
    expect(Buffer.byteLength(summary)).toBeLessThan(5 * AGGREGATION_LIMITS.maxSummaryListBytes);
    expect(summary).toContain('* Tasks: 10000 (5000 QUEUED, 5000 FAILED)');
    const rows = summary.split('\n').filter((line) => line.startsWith('| `task-'));
    expect(rows).toHaveLength(AGGREGATION_LIMITS.maxSummaryLines);
    expect(summary).toContain(`… and ${TASKS - rows.length} more.`);
  });

  test('keeps the newest attempts of a task that fails without end', () => {
    const log = createEventLog();
    log.delegate(0, { taskId: 't', assignee: QA });
    for (let attempt = 1; attempt <= 1_000; attempt++) {
      const next = { nextAssignee: QA, nextAttempt: attempt + 1 };
      const error = { reason: `attempt_${attempt}` };
      log.add(attempt, { case: 'taskAttemptFailed', value: { taskId: 't', assignee: QA, attempt, error, ...next } });
    }
    const { failedAttempts } = historyOf(notifications(), log.events);
    expect(failedAttempts.get('t')).toMatchObject({ count: 1_000 });
    expect(failedAttempts.get('t')?.newest.map(({ attempt }) => attempt)).toEqual([996, 997, 998, 999, 1_000]);
    expect(summaryOf(notifications(), log.events)).toContain('1001; failed: 995 more, ');
  });
});
