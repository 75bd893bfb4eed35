import type { Violation } from '@bufbuild/protovalidate';

/** Patterns of the contract in words; a pattern that is missing here is shown as it is. */
const PATTERN_WORDS: readonly (readonly [sample: string, words: string])[] = [
  ['://', 'must be an agent id, {framework}://{name}, such as claude-code://backend'],
  ['[!-~]', 'must be visible ASCII characters without spaces'],
  ['[A-Za-z0-9._:/@-]', 'must start with a letter or a digit; after it . _ : / @ - are allowed too'],
];

/** What is wrong with a field, for people who have not read the rules. */
export function describeRule(violation: Violation, bound: string | undefined): string {
  const at = violation.field.at(-1);
  if (at?.kind === 'oneof') return `exactly one of ${at.fields.map((field) => field.name).join(', ')} is required`;
  if (violation.ruleId === 'string.pattern' && bound !== undefined) return describePattern(bound);
  if (violation.ruleId.startsWith('enum.') && at?.kind === 'field' && at.enum !== undefined) {
    const [, ...names] = at.enum.values.map((value) => value.name);
    return `must be one of ${names.join(', ')}`;
  }
  return violation.message;
}

function describePattern(pattern: string): string {
  return PATTERN_WORDS.find(([sample]) => pattern.includes(sample))?.[1] ?? `must match ${pattern}`;
}
