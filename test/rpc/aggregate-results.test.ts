/**
 * Goal: AggregateResults works from the first task to the summary, over the network.
 * Method: a real server on a real bus; agents answer tasks by messages, as they do.
 */
import type { JsonObject } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { AggregationMethod } from '../../gen/ts/agentbus/v1/aggregation_pb.js';
import { MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { BACKEND, FRONTEND, ORCHESTRATOR, QA } from '../open-bus.ts';
import { headers, refusal, sessionId, startServices } from './start-services.ts';

const { CONSENSUS, SPECIALIST_PRIORITY, UNSPECIFIED } = AggregationMethod;
type Services = Awaited<ReturnType<typeof startServices>>;

/** The orchestrator asks, the agent answers. */
async function answer({ messages }: Services, agentId: string, payload: JsonObject): Promise<void> {
  const messageId = `ask ${agentId}`.replaceAll(/[^a-z]/g, '-');
  const content = { case: 'payload', value: payload } as const;
  const asked = {
    messageId,
    sender: { agentId: ORCHESTRATOR, sessionId },
    recipient: { target: { case: 'agentId', value: agentId } as const },
    messageType: MessageType.TASK_REQUEST,
  };
  const answered = {
    messageId: `${messageId}-answer`,
    sender: { agentId, sessionId },
    recipient: { target: { case: 'agentId', value: ORCHESTRATOR } as const },
    messageType: MessageType.TASK_RESPONSE,
    correlationId: messageId,
    content,
  };
  await messages.sendMessage({ message: asked }, { headers });
  await messages.sendMessage({ message: answered }, { headers });
}

describe('AggregateResults', () => {
  it('makes one result of what agents answered, before and after the session ended', async () => {
    const services = await startServices();
    await answer(services, BACKEND, { database: 'postgres', port: 8080 });
    await answer(services, FRONTEND, { database: 'sqlite', port: 8080 });
    await answer(services, QA, { database: 'sqlite', confidence: 0.5 });
    const aggregate = (method: AggregationMethod, roleOrder: string[] = []) =>
      services.sessions.aggregateResults({ sessionId, method, roleOrder }, { headers });
    const { summaryMarkdown, ...consensus } = await aggregate(CONSENSUS);
    expect(consensus).toMatchObject({
      unifiedResult: { database: 'sqlite', port: 8080 },
      conflicts: [{ key: 'database', values: [{ agentIds: [BACKEND] }, { agentIds: [FRONTEND, QA] }] }],
      results: [{ agentId: BACKEND }, { agentId: FRONTEND }, { agentId: QA, role: 'reviewer', confidence: 0.5 }],
    });
    expect(consensus.confidence).toBeCloseTo((2 / 3 + 1) / 2, 12);
    expect(summaryMarkdown).toContain('* State: ACTIVE\n');
    expect(summaryMarkdown).toContain('* Tasks: 3 (3 COMPLETED)\n');
    await services.complete();
    const specialist = await aggregate(SPECIALIST_PRIORITY, ['reviewer']);
    expect(specialist).toMatchObject({ unifiedResult: { database: 'sqlite', port: 8080 }, confidence: 0.75 });
    expect(specialist.summaryMarkdown).toContain('## Outcome\n\n> done\n');
  });

  it.each([
    ['a session that is not there', { sessionId: 'sess_none', method: CONSENSUS }, 'NotFound', 'SESSION_NOT_FOUND'],
    ['no method', { sessionId, method: UNSPECIFIED }, 'InvalidArgument', 'FIELD_INVALID'],
    ['a role without a name', { sessionId, method: CONSENSUS, roleOrder: [''] }, 'InvalidArgument', 'FIELD_INVALID'],
  ])('refuses %s', async (_, request, ...expected) => {
    const { sessions } = await startServices();
    const error = await sessions.aggregateResults(request, { headers }).catch((reason: unknown) => reason);
    expect(Object.values(refusal(error))).toEqual(expected);
  });
});
