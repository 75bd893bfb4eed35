/** Goal: what W3C Trace Context allows is taken, all else counts as none. Method: a table. */
import { expect, it } from 'vitest';
import { validTraceparent } from '../../src/bus/valid-traceparent.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

it.each([`00-${TRACE}-${SPAN}-01`, `00-${TRACE}-${SPAN}-00`, `cc-${TRACE}-${SPAN}-01-what-comes-later`])(
  'valid: %s',
  (text) => {
    expect(validTraceparent(text)).toBe(text);
  },
);

it.each([
  undefined,
  null,
  '',
  'nonsense',
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE}-${SPAN}-01-more`,
  `ff-${TRACE}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  ` 00-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01\n`,
])('none: %j', (text) => {
  expect(validTraceparent(text)).toBeUndefined();
});
