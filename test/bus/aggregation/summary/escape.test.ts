import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { escapeCode, escapeQuote, escapeText } from '../../../../src/bus/aggregation/summary/escape.ts';
import { AGGREGATION_LIMITS } from '../../../../src/limits.ts';

/** Characters that mean something to Markdown, HTML, lines or terminals, more often than chance would have it. */
const hostileText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(...'|\\`*_<>[]()#-+=!~&\n\r\t\u2028\u0085\u0000\u202e$:/.1 '),
    fc.constantFrom('```', '<!--', '-->', '</td>', '\r\n', '🦊'),
    fc.string({ unit: 'grapheme', maxLength: 1 }),
  ),
  maxLength: 40,
});

// Goal: what agents wrote reads as they wrote it. Method: cases.
describe('escapeText', () => {
  test.each([
    ['plain words', 'plain words'],
    ['', '–'],
    [' \n\t ', '–'],
    ['a | b', 'a \\| b'],
    ['two\r\nlines\u2028three', 'two lines three'],
    ['`code` **bold** _it_', '\\`code\\` \\*\\*bold\\*\\* \\_it\\_'],
    ['<script>alert(1)</script> & co', '&lt;script&gt;alert(1)&lt;/script&gt; &amp; co'],
    ['[link](javascript:x)', '\\[link\\](javascript:x)'],
    ['\\', '\\\\'],
    ['gpj.\u202eexe', 'gpj. exe'],
    ['a'.repeat(300), `${'a'.repeat(256)}…`],
    // The cut would go through the fox.
    [`${'a'.repeat(255)}🦊`, `${'a'.repeat(255)}…`],
  ])('%j becomes %j', (text, escaped) => {
    expect(escapeText(text)).toBe(escaped);
  });
});

describe('escapeCode', () => {
  test.each([
    ['claude-code://orchestrator', '`claude-code://orchestrator`'],
    ['{"a":[1,"b"]}', '`{"a":[1,"b"]}`'],
    ['a'.repeat(300), `\`${'a'.repeat(256)}\`…`],
    ['', '–'],
    ['task`1|2', 'task\\`1\\|2'],
    ['müll', 'müll'],
  ])('%j becomes %j', (text, escaped) => {
    expect(escapeCode(text)).toBe(escaped);
  });
});

describe('escapeQuote', () => {
  test.each([
    ['one\n\ntwo', ['> one', '>', '> two']],
    [
      '# head\n- item\n1. first\n===\n> deeper\n+ plus',
      ['> \\# head', '> \\- item', '> 1\\. first', '> \\===', '> &gt; deeper', '> \\+ plus'],
    ],
    ['a | b\n--- | ---', ['> a \\| b', '> \\--- \\| ---']],
    ['    indented', ['> indented']],
  ])('%j becomes %j', (text, lines) => {
    expect(escapeQuote(text)).toEqual(lines);
  });

  test('ends after so many characters and lines', () => {
    expect(escapeQuote('x'.repeat(70_000))).toEqual([`> ${'x'.repeat(AGGREGATION_LIMITS.maxSummaryQuote)}…`]);
    const lines = escapeQuote('\n'.repeat(1_000));
    expect(lines).toHaveLength(AGGREGATION_LIMITS.maxSummaryLines + 1);
    expect(lines.at(-1)).toBe('> …');
  });
});

// Goal: nothing breaks out of its line, its cell or its span. Method: hostile texts at random.
describe('for every text', () => {
  test.each([
    ['escapeText', escapeText],
    ['escapeCode', escapeCode],
  ])('%s gives one line without open markup', (_, escaping) => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const escaped = escaping(text);
        expect(escaped).toMatch(/^[^\s\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u);
        expect(escaped).not.toMatch(/[\n\r\t\u0085\u2028\u2029<>]/);
        expect(bare(escaped)).not.toMatch(/[`|*_[\]~]/);
      }),
      { numRuns: 1_000 },
    );
  });

  test('escapeQuote gives lines that are all quoted text', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        for (const line of escapeQuote(text)) {
          expect(line).toMatch(/^>( (?![#+=>-]|\d+[.)]| )|$)/);
          expect(line).not.toMatch(/[\n\r\u0085\u2028\u2029<]/);
          expect(bare(line)).not.toMatch(/[`|*_[\]~]/);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

/** What is left for a reader of Markdown to interpret: escaped characters and a span of code around all are gone. */
function bare(escaped: string): string {
  return escaped.replace(/^`[^`|\\]+`…?$/, '').replace(/\\[!-/:-@[-`{-~]/g, '');
}
