import type { DescEnum, DescField, DescMessage } from '@bufbuild/protobuf';

type Json = unknown;

/**
 * Respells enum words as protobuf JSON has them - `"task_request"` as
 * `"MESSAGE_TYPE_TASK_REQUEST"` - wherever the schema has an enum; everything else
 * stays as it is. People write the short words, and the examples do.
 */
export function spellEnums(schema: DescMessage, json: Json): Json {
  if (!isObject(json)) return json;
  const fields = new Map(
    schema.fields.flatMap((field) => [[field.name, field] as const, [field.jsonName, field] as const]),
  );
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      const field = fields.get(key);
      return [key, field === undefined ? value : spellField(field, value)];
    }),
  );
}

function spellField(field: DescField, value: Json): Json {
  const spell = spellingOf(field);
  if (spell === undefined) return value;
  return field.fieldKind === 'list' && Array.isArray(value) ? value.map(spell) : spell(value);
}

function spellingOf(field: DescField): ((value: Json) => Json) | undefined {
  const { enum: words, message } = field;
  if (field.fieldKind === 'map') return undefined;
  if (words !== undefined) return (value) => spellWord(words, value);
  // Well-known types have a JSON form of their own, and no enums of ours.
  if (message === undefined || message.typeName.startsWith('google.protobuf.')) return undefined;
  return (value) => spellEnums(message, value);
}

function spellWord(words: DescEnum, value: Json): Json {
  if (typeof value !== 'string') return value;
  const name = `${words.sharedPrefix ?? ''}${value}`.toUpperCase();
  return words.values.some((word) => word.name === name) ? name : value;
}

function isObject(json: Json): json is Record<string, Json> {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}
