import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTapeReader, createTapeWriter, type Tape } from '../../../src/engine/sqlite/tape.ts';

const values = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('number' as const), value: fc.double({ noNaN: true }) }),
    fc.record({
      kind: fc.constant('optional number' as const),
      value: fc.option(fc.double({ noNaN: true }), { nil: undefined }),
    }),
    fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'binary' }) }),
    fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 5_000 }) }),
    fc.record({ kind: fc.constant('optional bytes' as const), value: fc.option(fc.uint8Array(), { nil: undefined }) }),
  ),
  { maxLength: 100 },
);

describe('a tape', () => {
  it('reads back what was written, after a passage between threads, whatever the memory was used for before', () => {
    let used: Tape | undefined;
    fc.assert(
      fc.property(values, (list) => {
        const writer = createTapeWriter(used);
        for (const one of list) {
          if (one.kind === 'number') writer.number(one.value);
          else if (one.kind === 'optional number') writer.optionalNumber(one.value);
          else if (one.kind === 'text') writer.text(one.value);
          else if (one.kind === 'bytes') writer.bytes(one.value);
          else writer.optionalBytes(one.value);
        }
        used = structuredClone(writer.finish());
        const reader = createTapeReader(used);
        for (const one of list) {
          if (one.kind === 'number') expect(reader.number()).toBe(one.value);
          else if (one.kind === 'optional number') expect(reader.optionalNumber()).toBe(one.value);
          else if (one.kind === 'text') expect(reader.text()).toBe(one.value);
          else if (one.kind === 'bytes') expect(reader.ownBytes()).toEqual(one.value);
          else expect(reader.optionalBytes()).toEqual(one.value);
        }
      }),
    );
  });

  it('does not keep hold of the bytes it was given', () => {
    const writer = createTapeWriter();
    const mine = new Uint8Array([1, 2, 3]);
    writer.bytes(mine);
    mine.fill(0);
    expect(createTapeReader(writer.finish()).bytes()).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('refuses to be read past its end', () => {
    const writer = createTapeWriter();
    const reader = createTapeReader({ ...writer.finish(), numbers: new Float64Array(0) });
    expect(() => reader.number()).toThrow(RangeError);
    expect(() => reader.text()).toThrow(RangeError);
  });
});
