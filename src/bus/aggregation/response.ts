import { create, fromJson, toBinary } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import {
  type AgentResult,
  AgentResultSchema,
  type Conflict,
  ConflictSchema,
} from '../../../gen/ts/agentbus/v1/aggregation_pb.js';
import {
  type AggregateResultsResponse,
  AggregateResultsResponseSchema,
} from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import { AGGREGATION_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import type { Aggregate, Disagreement } from './aggregate-answers.ts';
import type { Answer } from './answer.ts';

export interface ResponseParts {
  readonly aggregate: Aggregate;
  readonly answers: readonly Answer[];
  readonly summary: string;
}

/** What a caller is answered. Throws LIMIT_REACHED if that is larger than a usual client receives. */
export function responseOf({ aggregate, answers, summary }: ResponseParts): AggregateResultsResponse {
  // Few bytes of answers can make many of conflicts, where whole agent ids stand: those are counted before they are made.
  requireFitting(leastBytesOf(aggregate.conflicts));
  const { unifiedResult, confidence, conflicts } = aggregate;
  const response = create(AggregateResultsResponseSchema, {
    confidence,
    conflicts: conflicts.map(conflictOf),
    results: answers.map(resultOf),
    summaryMarkdown: summary,
    ...(unifiedResult !== undefined && { unifiedResult }),
  });
  requireFitting(toBinary(AggregateResultsResponseSchema, response).length);
  return response;
}

/** Tag and length before a text, and those of a message with the smallest value. */
const TEXT_BYTES = 2;
const VALUE_BYTES = 6;

/** What conflicts take at least, whatever the values are. */
function leastBytesOf(conflicts: readonly Disagreement[]): number {
  let bytes = 0;
  for (const { key, values } of conflicts) {
    bytes += TEXT_BYTES + key.length + values.length * VALUE_BYTES;
    for (const { agentIds } of values) for (const agentId of agentIds) bytes += TEXT_BYTES + agentId.length;
  }
  return bytes;
}

function conflictOf({ key, values }: Disagreement): Conflict {
  return create(ConflictSchema, {
    key,
    values: values.map(({ value, agentIds }) => ({ value: fromJson(ValueSchema, value), agentIds: [...agentIds] })),
  });
}

function resultOf({ agentId, role, taskId, content, confidence }: Answer): AgentResult {
  const result = { content: { case: 'payload', value: content } } as const;
  return create(AgentResultSchema, { agentId, role, taskId, result, confidence });
}

function requireFitting(bytes: number): void {
  const limit = AGGREGATION_LIMITS.maxResponseBytes;
  if (bytes <= limit) return;
  throw new BusError('LIMIT_REACHED', `the result of the session would have more than ${limit} bytes`, {
    bound: 'bytes of an aggregation',
    limit,
  });
}
