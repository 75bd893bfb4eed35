/** What `$name` means in a scenario. */
export type Variables = Map<string, unknown>;

/**
 * Puts values in place of variables: a text that is `$name` becomes the value, `${name}` inside a text its text. Three
 * objects stand for large values: `{"$nested": n}` is n objects inside each other, `{"$base64_bytes": n}` is the Base64 form of n bytes, each value of a byte among them, and
 * `{"$text": n}` a text of n characters.
 */
export function substitute(value: unknown, variables: Variables): unknown {
  if (typeof value === 'string') return substituteText(value, variables);
  if (Array.isArray(value)) return value.map((item) => substitute(item, variables));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [key, size] = entries[0] ?? [];
  if (key === '$base64_bytes') return bytesOf(Number(size)).toString('base64');
  if (key === '$nested') return nested(Number(size));
  if (key === '$text') return 'abcdefghij'.repeat(Math.ceil(Number(size) / 10)).slice(0, Number(size));
  return Object.fromEntries(entries.map(([name, item]) => [name, substitute(item, variables)]));
}

function substituteText(text: string, variables: Variables): unknown {
  const whole = /^\$(\w+)$/.exec(text)?.[1];
  if (whole !== undefined) return lookUp(whole, variables);
  return text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => String(lookUp(name, variables)));
}

function lookUp(name: string, variables: Variables): unknown {
  if (!variables.has(name)) throw new Error(`the scenario has no variable ${name}`);
  return variables.get(name);
}

function nested(levels: number): object {
  return levels <= 1 ? {} : { deeper: nested(levels - 1) };
}

/** Bytes without a pattern that compresses well, the same each time. */
function bytesOf(count: number): Buffer {
  const bytes = Buffer.alloc(count);
  let state = 1;
  for (let index = 0; index < count; index++) {
    // The first 256 are all the values there are.
    bytes[index] = index < 256 ? index : state >>> 16;
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  }
  return bytes;
}
