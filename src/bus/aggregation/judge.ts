import type { JsonValue } from '@bufbuild/protobuf';
import type { Answer } from './answer.ts';
import type { Opinion } from './opinions.ts';

/** Chooses one of the opinions on a key; at least one is given. */
export type Judge = (opinions: readonly Opinion[]) => Judgement;

export interface Judgement {
  readonly value: JsonValue;
  /** How sure that is, 0 to 1. */
  readonly confidence: number;
}

/** What most agents say. */
export const byConsensus: Judge = (opinions) => byWeight(opinions, () => 1);

/** What weighs most by the confidence of the answers. */
export const byConfidence: Judge = (opinions) => byWeight(opinions, ({ confidence }) => confidence);

/** What the agent says that comes first in an order of agents; those that are not in it come last. */
export function byPrecedence(agentIds: readonly string[]): Judge {
  const rank = new Map(agentIds.map((agentId, index) => [agentId, index]));
  const rankOf = ({ agentId }: Answer) => rank.get(agentId) ?? Number.POSITIVE_INFINITY;
  return (opinions) => {
    const voices = opinions.flatMap(({ value, answers }) => answers.map((answer) => ({ value, answer })));
    const { value, answer } = voices.reduce((best, next) => (rankOf(next.answer) < rankOf(best.answer) ? next : best));
    return { value, confidence: answer.confidence };
  };
}

/** Weights are added as whole numbers, so that neither the sum nor a tie depends on the order of the answers. */
const ONE = 1e9;

/** The heaviest opinion, the oldest of equal ones. It is as sure as the mean weight of all voices, dissent counting 0. */
function byWeight(opinions: readonly Opinion[], weightOf: (answer: Answer) => number): Judgement {
  const weighed = opinions.map(({ value, answers }) => ({
    value,
    weight: answers.reduce((sum, answer) => sum + Math.round(weightOf(answer) * ONE), 0),
  }));
  const voices = opinions.reduce((count, { answers }) => count + answers.length, 0);
  const { value, weight } = weighed.reduce((best, next) => (next.weight > best.weight ? next : best));
  return { value, confidence: weight / (voices * ONE) };
}
