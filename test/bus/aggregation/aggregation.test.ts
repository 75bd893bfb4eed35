/**
 * Goal: the service reads all of a session, from one moment, within its bounds, and for its members alone.
 * Method: a real registry on a real engine, with events as tasks make them.
 */
import { create, type JsonObject, toJson } from '@bufbuild/protobuf';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AggregationMethod } from '../../../gen/ts/agentbus/v1/aggregation_pb.js';
import { ParticipantStatus } from '../../../gen/ts/agentbus/v1/participant_pb.js';
import { SessionCreatedSchema, type SessionEvent } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { AggregateResultsResponseSchema } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import { createAggregation } from '../../../src/bus/aggregation/aggregation.ts';
import { createSessionRegistry } from '../../../src/bus/session/session-registry.ts';
import { AGGREGATION_LIMITS, SESSION_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { BACKEND, callerFor, FRONTEND, ORCHESTRATOR, QA } from '../../open-bus.ts';
import { openInMemoryEngine } from '../in-memory-engine.ts';
import { createEventLog, type EventLog, notifications, SPARE, START } from './session-fixture.ts';

const { CONSENSUS, MANUAL, SPECIALIST_PRIORITY } = AggregationMethod;
const { sessionId } = notifications();

/** A registry that has the tutorial's session with these events, and one that has to read them from the engine. */
async function start(events: readonly SessionEvent[] = [], session = notifications()) {
  const clock = createFakeClock(START);
  const engine = await openInMemoryEngine(clock);
  onTestFinished(() => engine.close());
  const openRegistry = () =>
    createSessionRegistry({
      log: engine.sessions,
      journal: engine.journal,
      clock,
      contradicted: (error) => expect.unreachable(String(error)),
    });
  const registry = openRegistry();
  const origin = { actor: ORCHESTRATOR };
  const created = { case: 'sessionCreated', value: create(SessionCreatedSchema, { session }) } as const;
  const live = registry.begin(sessionId, { bodies: [created] }, origin);
  const append = (more: readonly SessionEvent[]) =>
    registry.append(live, { bodies: more.map(({ body }) => body) }, origin);
  if (events.length > 0) await append(events);
  const { aggregate } = createAggregation({ registry, clock });
  const { aggregate: aggregateFromDisk } = createAggregation({ registry: openRegistry(), clock });
  return { aggregate, aggregateFromDisk, append };
}

function query(method: AggregationMethod, fields: { roleOrder?: string[]; signal?: AbortSignal } = {}) {
  return { sessionId, method, roleOrder: [], signal: new AbortController().signal, ...fields };
}

/** A task that is completed with an answer at once. */
function answer(log: EventLog, agentId: string, value: JsonObject): void {
  const taskId = `t-${log.events.length}`;
  log.delegate(0, { taskId, assignee: agentId });
  const result = { content: { case: 'payload', value } } as const;
  log.add(0, { case: 'taskCompleted', value: { taskId, agentId, result } });
}

describe('aggregate', () => {
  test('answers with the result, the conflicts, the answers and the summary', async () => {
    const log = createEventLog();
    answer(log, BACKEND, { framework: 'fastify', port: { http: 80 }, confidence: 0.5 });
    answer(log, FRONTEND, { framework: 'hono', port: { http: 80 } });
    log.delegate(0, { taskId: 'failed', assignee: QA });
    const failed = { content: { case: 'payload', value: { status: 'failed', framework: 'express' } } } as const;
    log.add(0, { case: 'taskFailed', value: { taskId: 'failed', agentId: QA, result: failed } });
    log.delegate(0, { taskId: 'bytes', assignee: QA });
    const bytes = { contentType: 'application/pdf', content: { case: 'data', value: new Uint8Array(9) } } as const;
    log.add(0, { case: 'taskCompleted', value: { taskId: 'bytes', agentId: QA, result: bytes } });
    const { aggregate } = await start(log.events);
    const { summaryMarkdown, ...response } = await aggregate(callerFor(QA), query(CONSENSUS));
    expect(toJson(AggregateResultsResponseSchema, { ...response, summaryMarkdown: '' })).toEqual({
      unifiedResult: { framework: 'fastify', port: { http: 80 } },
      confidence: 0.75,
      conflicts: [
        {
          key: 'framework',
          values: [
            { value: 'fastify', agentIds: [BACKEND] },
            { value: 'hono', agentIds: [FRONTEND] },
          ],
        },
      ],
      results: [
        {
          agentId: BACKEND,
          role: 'implementer',
          taskId: 't-0',
          result: { payload: { framework: 'fastify', port: { http: 80 }, confidence: 0.5 } },
          confidence: 0.5,
        },
        {
          agentId: FRONTEND,
          role: 'implementer',
          taskId: 't-2',
          result: { payload: { framework: 'hono', port: { http: 80 } } },
          confidence: 1,
        },
      ],
    });
    expect(summaryMarkdown).toContain('* Tasks: 4 (3 COMPLETED, 1 FAILED)');
    expect(summaryMarkdown).toContain('* Agents differ on `framework`:');
  });

  test('takes roles from the roster, and the word of whoever was removed', async () => {
    const log = createEventLog();
    answer(log, QA, { x: 'reviewer' });
    answer(log, SPARE, { x: 'spare' });
    answer(log, BACKEND, { x: 'removed' });
    answer(log, ORCHESTRATOR, { x: 'leader' });
    const { aggregate } = await start(log.events);
    const caller = callerFor(ORCHESTRATOR);
    const by = async (...roleOrder: string[]) =>
      (await aggregate(caller, query(SPECIALIST_PRIORITY, { roleOrder }))).unifiedResult;
    expect(await by('reviewer')).toEqual({ x: 'reviewer' });
    expect(await by('implementer')).toEqual({ x: 'removed' });
    expect(await by('orchestrator', 'reviewer')).toEqual({ x: 'leader' });
  });

  test('MANUAL has no unified result', async () => {
    const log = createEventLog();
    answer(log, QA, { x: 1 });
    const { aggregate } = await start(log.events);
    const { unifiedResult, confidence, results } = await aggregate(callerFor(QA), query(MANUAL));
    expect({ unifiedResult, confidence, answers: results.length }).toEqual({ confidence: 0, answers: 1 });
  });

  test('gives the same when the events are read from the disk', async () => {
    const log = createEventLog();
    for (let n = 0; n < SESSION_LIMITS.recentEvents; n++) answer(log, QA, { [`k${n}`]: n });
    const { aggregate, aggregateFromDisk } = await start(log.events);
    const response = await aggregateFromDisk(callerFor(QA), query(CONSENSUS));
    expect(response.results).toHaveLength(SESSION_LIMITS.recentEvents);
    expect(response).toEqual(await aggregate(callerFor(QA), query(CONSENSUS)));
  });

  test('leaves out what is not on disk yet', async () => {
    const log = createEventLog();
    answer(log, QA, { x: 1 });
    const { aggregate, append } = await start();
    await aggregate(callerFor(QA), query(MANUAL));
    const written = append(log.events);
    expect((await aggregate(callerFor(QA), query(MANUAL))).results).toEqual([]);
    await written;
    expect((await aggregate(callerFor(QA), query(MANUAL))).results).toHaveLength(1);
  });
});

describe('refusals', () => {
  test.each([
    ['a stranger', callerFor('codex://stranger'), sessionId],
    ['a participant that was removed', callerFor(BACKEND), sessionId],
    ['whoever names a session that does not exist', callerFor(QA), 'sess_none'],
  ])('%s sees no session', async (_, caller, name) => {
    const { aggregate } = await start();
    await expect(aggregate(caller, { ...query(MANUAL), sessionId: name })).rejects.toMatchObject({
      reason: 'SESSION_NOT_FOUND',
      facts: { session_id: name },
    });
  });

  test('answers of more than 3 MiB', async () => {
    const log = createEventLog();
    const most = AGGREGATION_LIMITS.maxAnswerBytes - '{"x":""}'.length;
    answer(log, QA, { x: 'x'.repeat(most) });
    const { aggregate, append } = await start(log.events);
    expect((await aggregate(callerFor(QA), query(MANUAL))).results).toHaveLength(1);
    const more = createEventLog();
    answer(more, FRONTEND, {});
    await append(more.events);
    await expect(aggregate(callerFor(QA), query(MANUAL))).rejects.toMatchObject({
      reason: 'LIMIT_REACHED',
      facts: { bound: 'bytes of answers', limit: AGGREGATION_LIMITS.maxAnswerBytes },
    });
  });

  test('results of tasks that failed are not among those', async () => {
    const log = createEventLog();
    const content = { case: 'payload', value: { x: 'x'.repeat(1024 * 1024) } } as const;
    for (let n = 0; n < 4; n++) {
      log.delegate(0, { taskId: `t-${n}`, assignee: QA });
      log.add(0, { case: 'taskFailed', value: { taskId: `t-${n}`, agentId: QA, result: { content } } });
    }
    const { aggregate } = await start(log.events);
    expect((await aggregate(callerFor(QA), query(MANUAL))).results).toEqual([]);
  });

  test.each([
    ['a result that repeats large answers', [QA], (agentId: string) => ({ [agentId]: 'x'.repeat(2.5 * 1024 * 1024) })],
    [
      'conflicts that name many agents',
      Array.from({ length: 100 }, (_, n) => `codex://${String(n).padStart(240, 'a')}`),
      (agentId: string) => Object.fromEntries(Array.from({ length: 200 }, (_, key) => [`k${key}`, agentId.slice(-1)])),
    ],
  ])('%s', async (_, agents, content) => {
    const log = createEventLog();
    for (const agentId of agents) answer(log, agentId, content(agentId));
    const participants = [QA, ...agents].map((agentId) => ({ agentId, role: 'r', status: ParticipantStatus.ACTIVE }));
    const { aggregate } = await start(log.events, notifications({ participants }));
    await expect(aggregate(callerFor(QA), query(CONSENSUS))).rejects.toMatchObject({
      reason: 'LIMIT_REACHED',
      facts: { bound: 'bytes of an aggregation', limit: AGGREGATION_LIMITS.maxResponseBytes },
    });
  });
});

describe('a session of 10,000 tasks', () => {
  const log = createEventLog();
  for (let n = 0; n < SESSION_LIMITS.maxTasks; n++)
    answer(log, [QA, FRONTEND, SPARE][n % 3]!, { [`key${n % 100}`]: n % 7 });

  test('is read to its end while others have their turns', async () => {
    const { aggregateFromDisk } = await start(log.events);
    let turns = 0;
    let isDone = false;
    const count = () => {
      turns++;
      if (!isDone) setImmediate(count);
    };
    setImmediate(count);
    const { results, summaryMarkdown, unifiedResult } = await aggregateFromDisk(callerFor(QA), query(CONSENSUS));
    isDone = true;
    expect(results).toHaveLength(SESSION_LIMITS.maxTasks);
    expect(Object.keys(unifiedResult ?? {})).toHaveLength(100);
    expect(summaryMarkdown).toContain('* Tasks: 10000 (10000 COMPLETED)');
    expect(turns).toBeGreaterThanOrEqual((2 * SESSION_LIMITS.maxTasks) / SESSION_LIMITS.watchPageEvents);
  });

  test('is read no further when the caller has gone', async () => {
    const { aggregateFromDisk } = await start(log.events);
    const gone = new AbortController();
    const aggregated = aggregateFromDisk(callerFor(QA), query(CONSENSUS, { signal: gone.signal }));
    setImmediate(() => gone.abort(new Error('gone')));
    await expect(aggregated).rejects.toThrow('gone');
  });
});
