import { BusError } from '../bus/bus-error.ts';

/**
 * Makes the token that leads to the next page of a list: the place where the last one
 * ended, bound to the kind of list. Empty when there is no next page.
 */
export function sealPageToken(kind: string, next: string | undefined): string {
  if (next === undefined) return '';
  return Buffer.from(JSON.stringify([kind, next])).toString('base64url');
}

/** The place that a token names; undefined for the first page. Throws PAGE_TOKEN_INVALID. */
export function openPageToken(kind: string, token: string): string | undefined {
  if (token === '') return undefined;
  const content = parse(Buffer.from(token, 'base64url').toString());
  if (Array.isArray(content) && content.length === 2) {
    const [tokenKind, next]: unknown[] = content;
    if (tokenKind === kind && typeof next === 'string') return next;
  }
  throw pageTokenInvalid();
}

/** The same for lists whose place is a number: a sequence. */
export function openSequenceToken(kind: string, token: string): number | undefined {
  const place = openPageToken(kind, token);
  if (place === undefined) return undefined;
  if (!/^\d{1,15}$/.test(place)) throw pageTokenInvalid();
  return Number(place);
}

function pageTokenInvalid(): BusError {
  return new BusError('PAGE_TOKEN_INVALID', 'this page token was not made for this list', { field: 'page_token' });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
