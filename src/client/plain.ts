import {
  type DescField,
  type DescMessage,
  type JsonValue,
  type Message,
  type MessageShape,
  toJson,
} from '@bufbuild/protobuf';
import {
  type Duration,
  durationMs,
  type Timestamp,
  timestampDate,
  type Value,
  ValueSchema,
} from '@bufbuild/protobuf/wkt';

/**
 * A message of the contract as a plain object: a timestamp is a `Date`, a duration a number of milliseconds
 * under its name with `Ms` at the end, a 64-bit integer a number (sequences and counts stay far
 * below 2^53), a `Value` the JSON value that it stands for, everything else as generated. Messages
 * inside are plain as well.
 */
export type Plain<T> = T extends Timestamp
  ? Date
  : T extends Value
    ? JsonValue
    : T extends bigint
      ? number
      : T extends Uint8Array
        ? T
        : T extends readonly (infer Item)[]
          ? Plain<Item>[]
          : T extends Message
            ? PlainMessage<T>
            : T extends { case: string; value: unknown }
              ? { case: T['case']; value: Plain<T['value']> }
              : T;

type PlainMessage<T> = {
  [Key in keyof T as PlainKey<Key, T[Key]>]: NonNullable<T[Key]> extends Duration ? number : Plain<T[Key]>;
};

type PlainKey<Key, Value> = Key extends '$typeName' | '$unknown'
  ? never
  : NonNullable<Value> extends Duration
    ? `${Key & string}Ms`
    : Key;

/** Makes the plain form of a message. Follows the schema, so content that merely looks like a message stays as it is. */
export function toPlain<Desc extends DescMessage>(
  schema: Desc,
  message: MessageShape<Desc>,
): Plain<MessageShape<Desc>> {
  return plainMessage(schema, message) as Plain<MessageShape<Desc>>;
}

function plainMessage(schema: DescMessage, message: Message): unknown {
  if (schema.typeName === 'google.protobuf.Timestamp') return timestampDate(message as Timestamp);
  if (schema.typeName === 'google.protobuf.Duration') return durationMs(message as Duration);
  if (schema.typeName === 'google.protobuf.Value') return toJson(ValueSchema, message as Value);
  // A Struct is a JSON object already, wherever it is a field.
  if (schema.typeName === 'google.protobuf.Struct') return message;
  const source = message as unknown as Record<string, unknown>;
  const plain: Record<string, unknown> = {};
  for (const member of schema.members) {
    const value = source[member.localName];
    if (value === undefined) continue;
    if (member.kind === 'field') plain[plainName(member)] = plainValue(member, value);
    else plain[member.localName] = plainChoice(member.fields, value as { case: string | undefined; value: unknown });
  }
  return plain;
}

function plainName(field: DescField): string {
  return field.message?.typeName === 'google.protobuf.Duration' ? `${field.localName}Ms` : field.localName;
}

function plainValue(field: DescField, value: unknown): unknown {
  const { message } = field;
  if (message !== undefined) {
    if (field.fieldKind === 'list') return (value as Message[]).map((item) => plainMessage(message, item));
    if (field.fieldKind === 'message') return plainMessage(message, value as Message);
  }
  return typeof value === 'bigint' ? Number(value) : value;
}

function plainChoice(fields: readonly DescField[], choice: { case: string | undefined; value: unknown }): unknown {
  const field = fields.find((candidate) => candidate.localName === choice.case);
  return field === undefined ? choice : { case: choice.case, value: plainValue(field, choice.value) };
}
