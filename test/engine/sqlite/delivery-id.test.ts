import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDeliveryId, parseDeliveryId } from '../../../src/engine/sqlite/delivery-id.ts';

const count = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });

describe('a delivery id', () => {
  it('reads back, is short, and needs no escaping in a URL', () => {
    fc.assert(
      fc.property(fc.record({ sequence: count, epoch: count, lease: count }, { noNullPrototype: true }), (id) => {
        const text = formatDeliveryId(id);
        expect(text).toMatch(/^[a-z0-9-]{5,35}$/);
        expect(parseDeliveryId(text)).toEqual(id);
      }),
    );
  });

  it.each(['', '-', '1-2', '1-2-3-4', '1-2-', 'A-b-c', '1 -2-3', '1-2-3\n', `1-2-${'9'.repeat(12)}`, '-1-2-3'])(
    'is not read from %j',
    (text) => {
      expect(parseDeliveryId(text)).toBeUndefined();
    },
  );
});
