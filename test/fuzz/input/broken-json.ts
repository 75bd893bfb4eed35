import fc from 'fast-check';

/** One thing that is done to a text of JSON, at one of its tokens. */
export interface JsonBreakage {
  readonly kind: (typeof KINDS)[number];
  /** 0 to 65535: which token, of all that there are. */
  readonly at: number;
  /** Which of several ways. */
  readonly how: number;
}

const KINDS = [
  'value',
  'key',
  'insert',
  'duplicate key',
  'other spelling',
  'drop token',
  'truncate',
  'whole',
  'bytes',
] as const;

export const jsonBreakage: fc.Arbitrary<JsonBreakage> = fc.record(
  {
    kind: fc.constantFrom(...KINDS),
    at: fc.nat(65_535),
    how: fc.nat(255),
  },
  { noNullPrototype: true },
);

const VALUES = [
  'null',
  'true',
  '0',
  '-0',
  '1e400',
  '-1e-400',
  '1E5',
  '5e-1',
  '0x10',
  '1_000',
  '01',
  '+1',
  '.5',
  '5.',
  'NaN',
  'Infinity',
  '"NaN"',
  '"Infinity"',
  '"1"',
  '" 1"',
  '1.0',
  '"1e2"',
  '9007199254740993',
  '18446744073709551616',
  '-1',
  `${'9'.repeat(5_000)}`,
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\x41"',
  '"\t"',
  "'a'",
  '"a',
  '[]',
  '{}',
  '[[]]',
  '[null]',
  '{"a":1}',
  '{"__proto__":{"polluted":1}}',
  '{"@type":"type.googleapis.com/google.protobuf.Any"}',
  'undefined',
  '"1s"',
  '"-0.5s"',
  '"315576000001s"',
  '"1970-01-01T00:00:00Z"',
  '"0000-01-01T00:00:00Z"',
  '"2026-02-30T00:00:00Z"',
  '"PRIORITY_NONE"',
  '99',
  '"!!!"',
  '"YQ"',
  '"YQ=="',
  '"_-8="',
];
const KEYS = [
  '"__proto__"',
  '"constructor"',
  '""',
  '"toString"',
  '"[agentbus.v1.ext]"',
  '"@type"',
  '"a\\u0000b"',
  '1',
  'a',
  '"$typeName"',
];
const INSERTED = ['/* a */', '// a\n', ',', ',,', '\uFEFF', '\0', '\u00A0', '}', ']', '{', ':', '"', '\u2028', '#a\n'];
const WHOLE = [
  '',
  ' ',
  'null',
  '[]',
  '{}',
  '"x"',
  '1',
  'true',
  '{',
  '{}{}',
  '[{}]',
  '{}x',
  '\uFEFF{}',
  '<?xml version="1.0"?>',
  'a=1&b=2',
  '--x\r\n',
];

/** The text with the breakages done one after the other, as bytes: not all of it has to stay text. */
export function breakJson(json: string, breakages: readonly JsonBreakage[]): Uint8Array {
  let text = json;
  for (const breakage of breakages) text = breakOnce(text, breakage);
  const bytes = breakages.find(({ kind }) => kind === 'bytes');
  return bytes === undefined ? Buffer.from(text) : withWildBytes(text, bytes);
}

function breakOnce(text: string, { kind, at, how }: JsonBreakage): string {
  const token = tokenAt(
    text,
    at,
    kind === 'key' || kind === 'duplicate key' || kind === 'other spelling' ? 'key' : 'any',
  );
  const put = (inserted: string) => text.slice(0, token.start) + inserted + text.slice(token.end);
  const oneOf = (choices: readonly string[]) => choices[how % choices.length] ?? '';
  switch (kind) {
    case 'value':
      return put(oneOf(VALUES));
    case 'key':
      return put(oneOf(KEYS));
    case 'insert':
      return text.slice(0, token.start) + oneOf(INSERTED) + text.slice(token.start);
    case 'duplicate key':
      return put(`${token.text}:${oneOf(VALUES)},${token.text}`);
    case 'other spelling':
      return put(
        how % 2 === 0 ? otherSpelling(token.text) : `${otherSpelling(token.text)}:${oneOf(VALUES)},${token.text}`,
      );
    case 'drop token':
      return put('');
    case 'truncate':
      return text.slice(0, token.start);
    case 'whole':
      return wholeOf(text, how);
    case 'bytes':
      return text;
  }
}

/** Levels that no reader should need a stack for. */
const DEEP = 20_000;

function wholeOf(text: string, how: number): string {
  const more = [
    '['.repeat(DEEP),
    `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`,
    `{"message":${'['.repeat(DEEP)}${']'.repeat(DEEP)}}`,
    `[${text}]`,
    `\uFEFF${text}`,
    `${text}\n${text}`,
  ];
  const all = [...WHOLE, ...more];
  return all[how % all.length] ?? '';
}

/** `sessionId` for `session_id` and the other way round. */
function otherSpelling(key: string): string {
  return key.includes('_')
    ? key.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())
    : key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function tokenAt(text: string, at: number, which: 'key' | 'any'): { text: string; start: number; end: number } {
  const pattern = which === 'key' ? /"(?:[^"\\]|\\.)*"(?=\s*:)/g : /"(?:[^"\\]|\\.)*"|[-+.\w]+|[{}[\]:,]/g;
  const tokens = [...text.slice(0, 20_000).matchAll(pattern)];
  const token = tokens[at % Math.max(1, tokens.length)];
  const start = token?.index ?? 0;
  return { text: token?.[0] ?? '', start, end: start + (token?.[0].length ?? 0) };
}

function withWildBytes(text: string, { at, how }: JsonBreakage): Uint8Array {
  const bytes = Buffer.from(text);
  const place = Math.floor((at * bytes.length) / 65_536);
  const wild =
    [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0x80], [0xe2, 0x82]][how % 6] ?? [];
  if (how > 240) return Buffer.from(text, 'utf16le');
  return Buffer.concat([bytes.subarray(0, place), Buffer.from(wild), bytes.subarray(place)]);
}
