import type { JsonObject } from '@bufbuild/protobuf';
import { create } from '@bufbuild/protobuf';
import { TaskCompletedSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Answer, answerOf } from '../../../src/bus/aggregation/answer.ts';

/** The answer of an agent, as it comes out of the event that completed its task. */
export function answer(agentId: string, payload: JsonObject, role = 'worker'): Answer {
  const content = { case: 'payload', value: payload } as const;
  const completed = create(TaskCompletedSchema, { taskId: 't-1', agentId, result: { content } });
  const made = answerOf(completed, role);
  if (made === undefined) throw new Error('an answer with a payload takes part');
  return made;
}
