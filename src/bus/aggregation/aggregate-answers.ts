import type { JsonObject, JsonValue } from '@bufbuild/protobuf';
import { AggregationMethod } from '../../../gen/ts/agentbus/v1/aggregation_pb.js';
import type { Answer } from './answer.ts';
import { byConfidence, byConsensus, byPrecedence, type Judge } from './judge.ts';
import { type Opinions, opinionsOf } from './opinions.ts';
import type { Member } from './roster.ts';

export interface AggregateOptions {
  readonly method: AggregationMethod;
  /** Roles, the most trusted first; for SPECIALIST_PRIORITY. */
  readonly roleOrder: readonly string[];
  readonly roster: readonly Member[];
}

/** What `aggregation.proto` says that comes out; unbounded, as the answers are. */
export interface Aggregate {
  /** Absent for MANUAL. */
  readonly unifiedResult?: JsonObject;
  /** 0 to 1. */
  readonly confidence: number;
  readonly conflicts: readonly Disagreement[];
}

/** A key on which agents differ, with each value and the agents that gave it, oldest first. */
export interface Disagreement {
  readonly key: string;
  readonly values: readonly { readonly value: JsonValue; readonly agentIds: readonly string[] }[];
}

/** Makes one result of answers, which come oldest first. Pure. */
export function aggregateAnswers(answers: readonly Answer[], options: AggregateOptions): Aggregate {
  const opinions = opinionsOf(answers);
  const conflicts = disagreementsIn(opinions);
  const judge = judgeFor(options);
  if (judge === undefined) return { confidence: 0, conflicts };
  const judgements = [...opinions].map(([key, given]) => ({ key, ...judge(given) }));
  const total = judgements.reduce((sum, { confidence }) => sum + confidence, 0);
  return {
    unifiedResult: Object.fromEntries(judgements.map(({ key, value }) => [key, value])),
    confidence: judgements.length === 0 ? 0 : total / judgements.length,
    conflicts,
  };
}

function judgeFor({ method, roleOrder, roster }: AggregateOptions): Judge | undefined {
  switch (method) {
    case AggregationMethod.CONSENSUS:
      return byConsensus;
    case AggregationMethod.CONFIDENCE_WEIGHTED:
      return byConfidence;
    case AggregationMethod.SPECIALIST_PRIORITY:
      return byPrecedence(inOrderOfRoles(roster, roleOrder));
    case AggregationMethod.MANUAL:
      return undefined;
    case AggregationMethod.UNSPECIFIED:
      throw new Error('validation lets no aggregation without a method through');
  }
}

/** Agent ids by role; within a role, and after the roles that are named, in the order of the roster. */
function inOrderOfRoles(roster: readonly Member[], roleOrder: readonly string[]): string[] {
  const rankOf = ({ role }: Member) => (roleOrder.includes(role) ? roleOrder.indexOf(role) : roleOrder.length);
  return roster.toSorted((a, b) => rankOf(a) - rankOf(b)).map(({ agentId }) => agentId);
}

function disagreementsIn(opinions: Opinions): Disagreement[] {
  return [...opinions]
    .filter(([, given]) => given.length > 1)
    .map(([key, given]) => ({
      key,
      values: given.map(({ value, answers }) => ({ value, agentIds: answers.map(({ agentId }) => agentId) })),
    }));
}
