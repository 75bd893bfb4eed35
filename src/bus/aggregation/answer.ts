import type { JsonObject } from '@bufbuild/protobuf';
import type { TaskCompleted } from '../../../gen/ts/agentbus/v1/session_event_pb.js';

/** What an agent answered to a task that it completed, if that is a JSON object. */
export interface Answer {
  readonly agentId: string;
  /** The agent's role in the session. */
  readonly role: string;
  readonly taskId: string;
  readonly content: JsonObject;
  /** How sure the agent says it is, 0 to 1. */
  readonly confidence: number;
}

/** The key of an answer that speaks about the answer itself. */
export const CONFIDENCE_KEY = 'confidence';

/** The answer that completed a task; undefined if it has no JSON object to compare. */
export function answerOf({ taskId, agentId, result }: TaskCompleted, role: string): Answer | undefined {
  if (result?.content.case !== 'payload') return undefined;
  const content = result.content.value;
  return { agentId, role, taskId, content, confidence: statedConfidence(content) };
}

/** Percentages and words are not guessed at: an answer that does not state a number from 0 to 1 counts in full. */
function statedConfidence(content: JsonObject): number {
  const stated = Object.hasOwn(content, CONFIDENCE_KEY) ? content[CONFIDENCE_KEY] : undefined;
  return typeof stated === 'number' && stated >= 0 && stated <= 1 ? stated : 1;
}
