// Goal: a receiver learns from the content which message it has, and notices when it has something else.
// Method: contents of several sizes, written and read; contents that do not begin with a number.
import { describe, expect, it } from 'vitest';
import { numberedContent, readNumber } from '../../../bench/peers/load/numbered-content.ts';

describe('content with a number', () => {
  it.each([
    [10, 0],
    [256, 7],
    [1_024, 1_234_567_890],
  ])('has %i bytes and says which one it is', (bytes, message) => {
    const { number, filler } = numberedContent(bytes);
    const content = Buffer.from(`before${number(message)}${filler}`);
    expect(content).toHaveLength('before'.length + bytes);
    expect(readNumber(content, 'before'.length)).toBe(message);
  });

  it('cannot be smaller than its number', () => {
    expect(() => numberedContent(9)).toThrow(/9 bytes/);
  });

  it.each(['12345x7890', '{"stream":', '12345'])('is not "%s"', (text) => {
    expect(() => readNumber(Buffer.from(text), 0)).toThrow(/number/);
  });
});
