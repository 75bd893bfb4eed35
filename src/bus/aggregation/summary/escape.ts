import { AGGREGATION_LIMITS } from '../../../limits.ts';

/** What ends a line, and what cannot be seen or turns the direction of what follows. */
const UNSEEN = /[\s\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]+/gu;
const MARKUP = /[\\`*_[\]|~<>&]/g;
const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };
/** Names, URIs and JSON: nothing that could end a code span, or a cell of a table that it is in. */
const CODE = /^[\w.:/@#?=+%,;!~$()*'"{}[\]^ -]+$/;

/** Text of others within a line of Markdown, where it means nothing but itself; `–` for an empty one. */
export function escapeText(text: string): string {
  return escapeMarkup(cut(text, AGGREGATION_LIMITS.maxSummaryText)) || '–';
}

/** The same as code, which is easier to read and to copy, if it may be code. */
export function escapeCode(text: string, maxChars: number = AGGREGATION_LIMITS.maxSummaryText): string {
  const short = cut(text, maxChars);
  // A mark that something was cut off stands outside of the code: it is no part of the name.
  const [, name = '', rest = ''] = /^(.*?)(…?)$/s.exec(short) ?? [];
  return CODE.test(name) ? `\`${name}\`${rest}` : escapeMarkup(short) || '–';
}

/** Several lines of others as a quotation that none of them leaves, and in which each is text. */
export function escapeQuote(text: string): string[] {
  const lines = cutOff(text, AGGREGATION_LIMITS.maxSummaryQuote).split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/);
  const shown = lines.slice(0, AGGREGATION_LIMITS.maxSummaryLines);
  if (shown.length < lines.length) shown.push('…');
  return shown.map((line) => `> ${escapeStart(escapeMarkup(oneLine(line)))}`.trimEnd());
}

/** At the start of a line more characters are markup: those of headings, lists and rules. */
function escapeStart(line: string): string {
  return line.replace(/^([#+=-])/, '\\$1').replace(/^(\d+)([.)])/, '$1\\$2');
}

function escapeMarkup(text: string): string {
  return text.replace(MARKUP, (character) => ENTITIES[character] ?? `\\${character}`);
}

function cut(text: string, maxChars: number): string {
  // A text may have megabytes: what will not be seen is not looked at.
  const head = text.slice(0, maxChars * 4);
  return cutOff(oneLine(head), maxChars, head.length < text.length);
}

function oneLine(text: string): string {
  return text.replace(UNSEEN, ' ').trim();
}

/** At most so many characters of a text, and a sign if that is not all of it. */
function cutOff(text: string, maxChars: number, isCut = text.length > maxChars): string {
  if (text.length <= maxChars && !isCut) return text;
  // The cut may go through a character of two halves.
  const head = text.slice(0, maxChars);
  const whole = /[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head;
  return `${whole.toWellFormed()}…`;
}
