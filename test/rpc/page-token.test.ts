/** Goal: a page token is good for the list that made it and for nothing else. Method: tokens, and what is none. */
import { describe, expect, it } from 'vitest';
import { openPageToken, openSequenceToken, sealPageToken } from '../../src/rpc/page-token.ts';

describe('a page token', () => {
  it('leads to where the page ended', () => {
    const token = sealPageToken('agents', 'codex://frontend');
    expect(token).toMatch(/^[\w-]+$/);
    expect(openPageToken('agents', token)).toBe('codex://frontend');
  });

  it('is empty on the last page, and empty means the first', () => {
    expect(sealPageToken('agents', undefined)).toBe('');
    expect(openPageToken('agents', '')).toBeUndefined();
  });

  it.each([
    ['of another list', sealPageToken('sessions', 'sess_a')],
    ['that is not one', 'codex://frontend'],
    ['with other content', Buffer.from('{"agents":1}').toString('base64url')],
    ['with too much content', Buffer.from('["agents","a","b"]').toString('base64url')],
    ['without text', Buffer.from('["agents",1]').toString('base64url')],
  ])('%s is refused', (_, token) => {
    expect(() => openPageToken('agents', token)).toThrow(expect.objectContaining({ reason: 'PAGE_TOKEN_INVALID' }));
  });
});

describe('a page token of a log', () => {
  it('leads to the sequence where the page ended', () => {
    expect(openSequenceToken('events', sealPageToken('events', '42'))).toBe(42);
    expect(openSequenceToken('events', '')).toBeUndefined();
  });

  it.each(['', '-1', '1e3', 'x', '9'.repeat(20)])('with %j for a sequence is refused', (place) => {
    const refusal = expect.objectContaining({ reason: 'PAGE_TOKEN_INVALID' });
    expect(() => openSequenceToken('events', sealPageToken('events', place))).toThrow(refusal);
  });
});
