import { type DescField, type DescOneof, getOption, hasOption, type MessageShape } from '@bufbuild/protobuf';
import {
  type FieldRulesSchema,
  field as fieldRules,
  oneof as oneofRules,
} from '../../../gen/ts/buf/validate/validate_pb.js';

/** What the contract allows in a field, as protovalidate's options state it. */
export type FieldRules = MessageShape<typeof FieldRulesSchema>;

export type StringRules = Extract<FieldRules['type'], { case: 'string' }>['value'];

/** A rule that the contract states; the others read as the zero of their type. */
export function stated<Rules extends object, Name extends keyof Rules>(
  rules: Rules | undefined,
  name: Name,
): Rules[Name] | undefined {
  return rules !== undefined && Object.hasOwn(rules, name) ? rules[name] : undefined;
}

/** Undefined where the contract leaves the field free. */
export function rulesOf(field: DescField): FieldRules | undefined {
  return hasOption(field, fieldRules) ? getOption(field, fieldRules) : undefined;
}

/** Rules of the entries of a list; of its values if it is a map. */
export function entryRulesOf(field: DescField): FieldRules | undefined {
  const type = rulesOf(field)?.type;
  if (type?.case === 'repeated') return type.value.items;
  return type?.case === 'map' ? type.value.values : undefined;
}

/** Fewest and most entries of a list or a map. */
export function countRulesOf(field: DescField): { least: number; most: number } {
  const type = rulesOf(field)?.type;
  const any = { least: 0, most: Number.POSITIVE_INFINITY };
  if (type?.case === 'repeated') {
    return {
      least: Number(stated(type.value, 'minItems') ?? 0),
      most: Number(stated(type.value, 'maxItems') ?? any.most),
    };
  }
  if (type?.case === 'map')
    return {
      least: Number(stated(type.value, 'minPairs') ?? 0),
      most: Number(stated(type.value, 'maxPairs') ?? any.most),
    };
  return any;
}

/** Whether no entry of a list may come twice. */
export function isUnique(field: DescField): boolean {
  const type = rulesOf(field)?.type;
  return type?.case === 'repeated' && type.value.unique === true;
}

/** Whether a message without the field is refused. */
export function isRequired(field: DescField): boolean {
  const rules = rulesOf(field);
  if (rules === undefined) return false;
  const refusesZero = rules.type.case === 'enum' && rules.type.value.notIn.includes(0);
  return rules.required || refusesZero || countRulesOf(field).least > 0;
}

/** Whether one of the oneof's fields has to be set. */
export function isOneofRequired(oneof: DescOneof): boolean {
  return hasOption(oneof, oneofRules) && getOption(oneof, oneofRules).required;
}

/** The most characters that all rules of a text leave it; a byte counts as a character. */
export function mostCharacters(rules: StringRules | undefined): number {
  const bounds = [stated(rules, 'maxLen'), stated(rules, 'maxBytes')].filter((bound) => bound !== undefined);
  return Math.min(Number.POSITIVE_INFINITY, ...bounds.map(Number));
}
