import type { JsonValue } from '@bufbuild/protobuf';
import { findForbiddenKey } from '../session/merge-patch.ts';
import { type Answer, CONFIDENCE_KEY } from './answer.ts';
import { canonicalJson } from './canonical-json.ts';

/** A value that was given for a key, and the answers that gave it, oldest first; at least one, each of another agent. */
export interface Opinion {
  readonly value: JsonValue;
  readonly answers: readonly Answer[];
}

/** Keys in the order in which they first came, each with the different values that it was given, oldest first. */
export type Opinions = ReadonlyMap<string, readonly Opinion[]>;

/**
 * What the agents say about each key. Answers come oldest first, and an agent has one voice for each key: its
 * newest answer that has the key, so that whoever answers often or corrects itself counts once.
 *
 * Left out are `confidence`, and what a shared context would refuse: keys and values with `__proto__` and the like. Whoever
 * puts the result there, or into a program, need not fear it.
 */
export function opinionsOf(answers: readonly Answer[]): Opinions {
  const voices = new Map<string, Map<string, Answer>>();
  for (const answer of answers) {
    for (const key of judgedKeys(answer)) {
      const voicesOfKey = voices.get(key) ?? new Map<string, Answer>();
      voices.set(key, voicesOfKey);
      // A voice that is replaced gives up its place as well: its agent says something else now, later than others.
      voicesOfKey.delete(answer.agentId);
      voicesOfKey.set(answer.agentId, answer);
    }
  }
  return new Map([...voices].map(([key, voicesOfKey]) => [key, byValue(key, voicesOfKey.values())]));
}

function judgedKeys({ content }: Answer): string[] {
  const keys = Object.keys(content).filter((key) => key !== CONFIDENCE_KEY);
  // Nearly always the whole answer is harmless, and one look at it is enough.
  if (findForbiddenKey(content) === undefined) return keys;
  return keys.filter((key) => findForbiddenKey({ [key]: content[key] ?? null }) === undefined);
}

function byValue(key: string, voices: Iterable<Answer>): Opinion[] {
  const opinions = new Map<string, { value: JsonValue; answers: Answer[] }>();
  for (const answer of voices) {
    const value = answer.content[key] ?? null;
    const text = canonicalJson(value);
    const opinion = opinions.get(text);
    if (opinion === undefined) opinions.set(text, { value, answers: [answer] });
    else opinion.answers.push(answer);
  }
  return [...opinions.values()];
}
