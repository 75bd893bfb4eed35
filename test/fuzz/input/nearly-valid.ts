import { clone, type DescField, type DescMessage, type DescOneof, type Message } from '@bufbuild/protobuf';
import { type Awkward, awkwardValues } from './awkward-values.ts';
import { countRulesOf } from './field-rules.ts';

/** One way to break a message, and what it is called in the report of a failure. */
interface Breakage {
  readonly name: string;
  apply(): unknown;
}

type Values = Record<string, unknown>;

/** The message with one thing broken: which one of all, the number says. Unbroken if nothing can be. */
export function breakOneThing(
  desc: DescMessage,
  message: Message,
  which: number,
): { message: Message; broken: string } {
  const copy = clone(desc, message);
  const all = breakagesOf(desc, copy as unknown as Values, '');
  const one = all[which % Math.max(1, all.length)];
  one?.apply();
  return { message: copy, broken: one?.name ?? 'nothing' };
}

function breakagesOf(desc: DescMessage, holder: Values, path: string): Breakage[] {
  const alone = desc.fields.filter(({ oneof }) => oneof === undefined);
  return [
    ...alone.flatMap((field) => breakField(field, holder, `${path}${field.name}`)),
    ...desc.oneofs.flatMap((oneof) => breakOneof(oneof, holder, path)),
  ];
}

function breakField(field: DescField, holder: Values, path: string): Breakage[] {
  const { localName } = field;
  const put = ([name, value]: Awkward): Breakage => ({
    name: `${path}: ${name}`,
    apply: () => Object.assign(holder, { [localName]: value }),
  });
  switch (field.fieldKind) {
    case 'list':
      return breakList(field, holder[localName] as unknown[], path);
    case 'map':
      return breakMap(field, holder[localName] as Values, path);
    case 'message':
      return [put(['missing', undefined]), ...awkwardValues(field).map(put), ...within(field, holder[localName], path)];
    default:
      return awkwardValues(field).map(put);
  }
}

/** What can be broken inside a part that is set; well-known types are broken as a whole. */
function within({ message }: DescField, value: unknown, path: string): Breakage[] {
  if (message === undefined || value === undefined || message.typeName.startsWith('google.protobuf.')) return [];
  return breakagesOf(message, value as Values, `${path}.`);
}

function breakOneof(oneof: DescOneof, holder: Values, path: string): Breakage[] {
  const set = holder[oneof.localName] as { case?: string; value?: unknown };
  const put = (name: string, group: unknown): Breakage => ({
    name: `${path}${name}`,
    apply: () => Object.assign(holder, { [oneof.localName]: group }),
  });
  const awkward = oneof.fields.flatMap((field) =>
    awkwardValues(field).map(([name, value]) => put(`${field.name}: ${name}`, { case: field.localName, value })),
  );
  const field = oneof.fields.find(({ localName }) => localName === set.case);
  const inside = field === undefined ? [] : within(field, set.value, `${path}${field.name}`);
  return [put(`${oneof.name}: nothing`, { case: undefined }), ...awkward, ...inside];
}

/** More entries than this would only test how fast the sender is. */
const MANY = 12_000;

function breakList(field: DescField, list: unknown[], path: string): Breakage[] {
  const { most } = countRulesOf(field);
  const [first] = list;
  const inside = list.flatMap((entry, index) => within(field, entry, `${path}[${index}]`));
  const counts: Breakage[] = [{ name: `${path}: none`, apply: () => void list.splice(0) }];
  if (first !== undefined) {
    const fill = (count: number) => () =>
      void list.push(...Array<unknown>(Math.max(0, count - list.length)).fill(first));
    counts.push({ name: `${path}: twice the same`, apply: () => void list.push(first) });
    counts.push({ name: `${path}: as many as allowed`, apply: fill(Math.min(most, MANY)) });
    counts.push({ name: `${path}: one too many`, apply: fill(Math.min(most + 1, MANY)) });
  }
  const entries = awkwardValues(field).map(([name, value]) => ({
    name: `${path}[]: ${name}`,
    apply: () => void list.push(value),
  }));
  return [...counts, ...entries, ...inside];
}

function breakMap(field: DescField, map: Values, path: string): Breakage[] {
  const { most } = countRulesOf(field);
  const set = (key: string, value: unknown) =>
    Object.defineProperty(map, key, { value, enumerable: true, writable: true, configurable: true });
  const keys = ['', '__proto__', 'constructor', 'a\0b', '中'.repeat(100), '\uF8FF', 'traceparent'];
  const pairs = Math.min(most + 1, MANY);
  return [
    ...keys.map((key) => ({ name: `${path}: key ${JSON.stringify(key)}`, apply: () => void set(key, 'x') })),
    ...awkwardValues(field).map(([name, value]) => ({ name: `${path}.a: ${name}`, apply: () => void set('a', value) })),
    {
      name: `${path}: one pair too many`,
      apply: () => {
        for (let index = 0; index < pairs; index++) set(`k${index}`, '');
      },
    },
  ];
}
