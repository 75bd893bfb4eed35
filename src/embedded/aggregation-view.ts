import { type JsonObject, type JsonValue, toJson } from '@bufbuild/protobuf';
import { ValueSchema } from '@bufbuild/protobuf/wkt';
import type { AggregateResultsResponse } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { type TaskResultView, viewResult } from './task-view.ts';

/** One result of the answers in a session, as plain data. */
export interface AggregationView {
  /** Absent for the method `manual`. */
  readonly unified_result?: JsonObject;
  /** 0 to 1. */
  readonly confidence: number;
  /** Keys on which the answers differ, with who said what. */
  readonly conflicts: readonly ConflictView[];
  /** The answers that went into it. */
  readonly results: readonly AgentResultView[];
  /** An executive summary of the session in Markdown. */
  readonly summary_markdown: string;
}

export interface ConflictView {
  readonly key: string;
  readonly values: readonly { readonly value: JsonValue; readonly agent_ids: readonly string[] }[];
}

export interface AgentResultView {
  readonly agent_id: string;
  readonly role: string;
  readonly task_id: string;
  readonly result: TaskResultView;
  /** How sure the agent said it was, 0 to 1. */
  readonly confidence: number;
}

/** The aggregation as the program may keep it. */
export function viewAggregation(aggregation: AggregateResultsResponse): AggregationView {
  const { unifiedResult, confidence, conflicts, results, summaryMarkdown } = aggregation;
  return structuredClone<AggregationView>({
    ...(unifiedResult && { unified_result: unifiedResult }),
    confidence,
    conflicts: conflicts.map(({ key, values }) => ({
      key,
      values: values.map(({ value, agentIds }) => ({
        value: value === undefined ? null : toJson(ValueSchema, value),
        agent_ids: agentIds,
      })),
    })),
    results: results.map(({ agentId, role, taskId, result, confidence }) => ({
      agent_id: agentId,
      role,
      task_id: taskId,
      result: result === undefined ? {} : viewResult(result),
      confidence,
    })),
    summary_markdown: summaryMarkdown,
  });
}
