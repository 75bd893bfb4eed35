/** Name of W3C Trace Context in the metadata of a message and in the header of a call. */
export const TRACEPARENT = 'traceparent';

/** Version, trace, span, flags; a later version may add to them. W3C Trace Context, section 3.2. */
const FORM = /^(?!ff)([0-9a-f]{2})-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** The text if it is a `traceparent` as W3C Trace Context has it. Senders write what they like: what is not counts as none. */
export function validTraceparent(text: string | null | undefined): string | undefined {
  const match = text ? FORM.exec(text) : null;
  if (match === null) return undefined;
  const [whole, version, more] = match;
  return version === '00' && more !== undefined ? undefined : whole;
}
