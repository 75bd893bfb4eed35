import { type DescMessage, type Message, toBinary, toJson } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { breakBytes, byteBreakage, spoilUtf8 } from './broken-bytes.ts';
import { breakJson, jsonBreakage } from './broken-json.ts';
import { breakOneThing } from './nearly-valid.ts';
import { type Resolve, resolved } from './references.ts';
import { validMessage } from './valid-message.ts';

/** `broken` is what no encoder writes: bytes, or a text of JSON, that were changed after they were written. */
export type Validity = 'valid' | 'nearly valid' | 'broken';

/** A message in one of the three qualities, not yet written: its ids are known when it is sent. */
export interface Specimen {
  readonly desc: DescMessage;
  readonly validity: Validity;
  /** The message with its ids in place; what it was before it was broken, if it is broken. */
  message(resolve: Resolve): Message;
  binary(resolve: Resolve): Uint8Array;
  json(resolve: Resolve): Uint8Array;
}

/** Messages of a type; see {@link Validity}. */
export function arbitraryMessage(desc: DescMessage, { validity }: { validity: Validity }): fc.Arbitrary<Specimen> {
  const valid = validMessage(desc);
  switch (validity) {
    case 'valid':
      return valid.map((message) => specimen({ desc, validity, message, about: '' }));
    case 'nearly valid':
      return fc.tuple(valid, fc.nat(1_000_000)).map(([whole, which]) => {
        const { message, broken } = breakOneThing(desc, whole, which);
        return specimen({ desc, validity, message, about: broken });
      });
    case 'broken':
      return fc
        .tuple(
          valid,
          fc.array(byteBreakage, { minLength: 1, maxLength: 3 }),
          fc.array(jsonBreakage, { minLength: 1, maxLength: 3 }),
        )
        .map(([message, bytes, texts]) => ({
          ...specimen({ desc, validity, message, about: `bytes ${fc.stringify(bytes)}, text ${fc.stringify(texts)}` }),
          binary: (resolve) => breakBytes(toBinary(desc, resolved(message, resolve)), bytes),
          json: (resolve) => breakJson(jsonOf(desc, resolved(message, resolve)), texts),
        }));
  }
}

/** Mostly valid: a run that is refused at its first call gets nowhere. */
export function anyMessage(desc: DescMessage): fc.Arbitrary<Specimen> {
  return fc.oneof(
    { weight: 5, arbitrary: arbitraryMessage(desc, { validity: 'valid' }) },
    { weight: 3, arbitrary: arbitraryMessage(desc, { validity: 'nearly valid' }) },
    { weight: 2, arbitrary: arbitraryMessage(desc, { validity: 'broken' }) },
  );
}

interface SpecimenParts {
  readonly desc: DescMessage;
  readonly validity: Validity;
  readonly message: Message;
  readonly about: string;
}

function specimen({ desc, validity, message, about }: SpecimenParts): Specimen {
  const described = {
    desc,
    validity,
    message: (resolve: Resolve) => resolved(message, resolve),
    binary: (resolve: Resolve) => spoilUtf8(toBinary(desc, resolved(message, resolve))),
    json: (resolve: Resolve) => spoilUtf8(Buffer.from(jsonOf(desc, resolved(message, resolve)))),
    [fc.toStringMethod]: () =>
      `${validity}${about === '' ? '' : ` (${about})`} ${desc.name} ${jsonOf(desc, message).slice(0, 600)}`,
  };
  return described;
}

/** As JSON; what has no JSON form is written as it looks in memory, which is as wrong as it is meant to be. */
function jsonOf(desc: DescMessage, message: Message): string {
  try {
    return JSON.stringify(toJson(desc, message, { useProtoFieldName: true }));
  } catch {
    return JSON.stringify(message, (key, value: unknown) => {
      if (key === '$typeName') return undefined;
      if (typeof value === 'bigint') return String(value);
      if (value instanceof Uint8Array) return Buffer.from(value.subarray(0, 1_000)).toString('base64');
      return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
    });
  }
}
