import { type DescField, type DescMessage, getOption, hasOption, type MessageShape } from '@bufbuild/protobuf';
import { type Path, pathToString } from '@bufbuild/protobuf/reflect';
import { createValidator, type Violation } from '@bufbuild/protovalidate';
import { field as fieldRules } from '../../gen/ts/buf/validate/validate_pb.js';
import { describeRule } from './describe-rule.ts';
import { FieldsInvalid } from './fields-invalid.ts';
import { requireJsonForm } from './json-form.ts';

// Rules are compiled once a schema, when the first message of it comes. The default engine for patterns
// guards against hostile ones; ours come from our own contract, and the engine of the platform is three times as fast.
const patterns = new Map<string, RegExp>();
const validator = createValidator({ regexMatch: matches });

function matches(pattern: string, text: string): boolean {
  let compiled = patterns.get(pattern);
  if (compiled === undefined) {
    compiled = new RegExp(pattern, 'u');
    patterns.set(pattern, compiled);
  }
  return compiled.test(text);
}

/** Throws {@link FieldsInvalid} unless the message keeps every rule that its schema states, and has a JSON form. */
export function validateMessage<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): void {
  validateRules(schema, message);
  requireJsonForm(schema, message);
}

/** The same but for the JSON form, which whoever calls it has to require of each part. */
export function validateRules<Desc extends DescMessage>(schema: Desc, message: MessageShape<Desc>): void {
  const result = validator.validate(schema, message);
  if (result.kind === 'valid') return;
  if (result.kind === 'error') throw result.error;
  throw fieldsInvalid(result.violations);
}

function fieldsInvalid(violations: readonly Violation[]): FieldsInvalid {
  const all = violations.toSorted(fieldsFirst).map(brokenRuleOf);
  const [first] = all;
  if (first === undefined) throw new Error('a message was found invalid without a violation');
  const { field, rule, bound, description } = first;
  const where = field === '' ? '' : `${field}: `;
  const more = all.length === 1 ? '' : ` (and ${all.length - 1} more)`;
  return new FieldsInvalid(
    `${where}${description}${more}`,
    { field, rule, ...(bound !== undefined && { bound }) },
    all,
  );
}

/** A rule over several fields is often broken because one of them is: the field's own rule says more. */
function fieldsFirst(a: Violation, b: Violation): number {
  return Number(isCustom(a)) - Number(isCustom(b));
}

function isCustom(violation: Violation): boolean {
  const [head] = violation.rule;
  return head?.kind === 'field' && head.name === 'cel';
}

function brokenRuleOf(violation: Violation) {
  const bound = boundOf(violation);
  const description = describeRule(violation, bound);
  return { field: pathToString(violation.field), rule: violation.ruleId, bound, description };
}

/** What the broken rule allows, where it is a number, a text or a length of time. */
function boundOf(violation: Violation): string | undefined {
  const field = violation.field.findLast((step): step is DescField => step.kind === 'field');
  if (field === undefined || !hasOption(field, fieldRules)) return undefined;
  const rules = getOption(field, fieldRules);
  const isRange = /\.gte?_lte?$/.test(violation.ruleId);
  return isRange ? rangeOf(follow(rules, violation.rule.slice(0, -1))) : textOf(follow(rules, violation.rule));
}

/** A rule with two ends, as `least..most`; the broken rule names only its lower end. */
function rangeOf(rules: unknown): string | undefined {
  if (typeof rules !== 'object' || rules === null || !('greaterThan' in rules && 'lessThan' in rules)) return undefined;
  return [rules.greaterThan, rules.lessThan].map((end) => textOf((end as { value?: unknown }).value)).join('..');
}

/** The value at a path of rules; undefined where the path leaves the standard rules. */
function follow(rules: unknown, path: Path): unknown {
  let value = rules;
  for (const step of path) {
    if (step.kind !== 'field' || typeof value !== 'object' || value === null) return undefined;
    const holder: Record<string, unknown> = { ...value };
    const group = step.oneof && holder[step.oneof.localName];
    value = isCase(group, step.localName) ? group.value : holder[step.localName];
  }
  return value;
}

function isCase(group: unknown, name: string): group is { value: unknown } {
  return typeof group === 'object' && group !== null && 'case' in group && group.case === name;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'object' && value !== null && 'seconds' in value) return `${value.seconds}s`;
  return undefined;
}
