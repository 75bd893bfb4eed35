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
 * Left out are `confidence`, and what a shared context would refuse: keys and values with `__proto__` and the
 * like. Whoever puts the result there, or into a program, need not fear it.
 */
export function opinionsOf(answers: readonly Answer[]): Opinions {
  const voices = new Map<string, Answer[]>();
  for (const answer of answers) {
    for (const key of judgedKeys(answer)) {
      const voicesOfKey = voices.get(key);
      if (voicesOfKey === undefined) voices.set(key, [answer]);
      else replaceVoice(voicesOfKey, answer);
    }
  }
  const opinions = new Map<string, Opinion[]>();
  for (const [key, voicesOfKey] of voices) opinions.set(key, byValue(key, voicesOfKey));
  return opinions;
}

/** A voice that is replaced gives up its place as well: its agent says something else now, later than others. */
function replaceVoice(voices: Answer[], answer: Answer): void {
  const earlier = voices.findIndex(({ agentId }) => agentId === answer.agentId);
  if (earlier >= 0) voices.splice(earlier, 1);
  voices.push(answer);
}

function judgedKeys({ content }: Answer): string[] {
  const keys = Object.keys(content).filter((key) => key !== CONFIDENCE_KEY);
  // Nearly always the whole answer is harmless, and one look at it is enough.
  if (findForbiddenKey(content) === undefined) return keys;
  return keys.filter((key) => findForbiddenKey({ [key]: content[key] ?? null }) === undefined);
}

function byValue(key: string, voices: readonly Answer[]): Opinion[] {
  const given = ({ content }: Answer): JsonValue => content[key] ?? null;
  const [only, ...others] = voices;
  // Most keys of tasks that differ have one voice, and large values are not looked at for nothing.
  if (only !== undefined && others.length === 0) return [{ value: given(only), answers: voices }];
  const opinions = new Map<string, { value: JsonValue; answers: Answer[] }>();
  for (const answer of voices) {
    const value = given(answer);
    const text = canonicalJson(value);
    const opinion = opinions.get(text);
    if (opinion === undefined) opinions.set(text, { value, answers: [answer] });
    else opinion.answers.push(answer);
  }
  return [...opinions.values()];
}
