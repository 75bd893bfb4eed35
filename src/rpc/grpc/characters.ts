import { KnownNames } from './known-names.ts';
import type { WireReader } from './wire-reader.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const SMALL_LETTERS = LETTERS.toLowerCase();
const DIGITS = '0123456789';

/** A class of characters: an entry for each byte, 1 if it is in it. */
function classOf(characters: string): Uint8Array {
  const members = new Uint8Array(256);
  for (const character of characters) members[character.charCodeAt(0)] = 1;
  return members;
}

/** `[!-~]` */
export const VISIBLE = classOf(
  Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index)).join(''),
);
/** `[A-Za-z0-9]` */
const ALPHANUMERIC = classOf(LETTERS + SMALL_LETTERS + DIGITS);
/** `[A-Za-z0-9._:/@-]` */
const OF_SESSION_ID = classOf(`${LETTERS}${SMALL_LETTERS}${DIGITS}._:/@-`);
/** `[a-z0-9]` */
const FIRST_OF_FRAMEWORK = classOf(SMALL_LETTERS + DIGITS);
/** `[a-z0-9._-]` */
const OF_FRAMEWORK = classOf(`${SMALL_LETTERS}${DIGITS}._-`);
/** `[A-Za-z0-9._/@-]` */
const OF_AGENT_NAME = classOf(`${LETTERS}${SMALL_LETTERS}${DIGITS}._/@-`);

const COLON = 0x3a;
const SLASH = 0x2f;
const AGENT_ID_CHARACTERS = 255;
const SESSION_ID_CHARACTERS = 128;

const knownAgentIds = new KnownNames();

/** The id of an agent, `^[a-z0-9][a-z0-9._-]*://[A-Za-z0-9][A-Za-z0-9._/@-]*$`. */
export function readAgentId(reader: WireReader): string {
  const { bytes } = reader;
  const length = reader.length();
  const from = reader.at;
  const known = knownAgentIds.find(bytes, from, length);
  if (known !== undefined) {
    reader.at += length;
    return known;
  }
  const to = from + length;
  let colon = from;
  while (colon < to && OF_FRAMEWORK[bytes[colon] as number] === 1) colon++;
  const isOne =
    length <= AGENT_ID_CHARACTERS &&
    // A character of each part and what is between them; beyond the end is another field.
    colon > from &&
    colon + 3 < to &&
    FIRST_OF_FRAMEWORK[bytes[from] as number] === 1 &&
    bytes[colon] === COLON &&
    bytes[colon + 1] === SLASH &&
    bytes[colon + 2] === SLASH &&
    ALPHANUMERIC[bytes[colon + 3] as number] === 1 &&
    reader.isOf(OF_AGENT_NAME, colon + 3, to);
  if (!isOne) reader.refuse();
  const agentId = reader.latin1(length);
  if (isOne) knownAgentIds.add(agentId, bytes, from);
  return agentId;
}

/** The id of a session that is named, `^[A-Za-z0-9][A-Za-z0-9._:/@-]*$`. */
export function readSessionId(reader: WireReader): string {
  const sessionId = reader.textOf(OF_SESSION_ID, SESSION_ID_CHARACTERS);
  if (ALPHANUMERIC[sessionId.charCodeAt(0)] !== 1) reader.refuse();
  return sessionId;
}

/** Whether a framework that is named is the part of the agent id before `://`. */
export function isFrameworkOf(framework: string, agentId: string): boolean {
  return agentId.startsWith(framework) && agentId.startsWith('://', framework.length);
}
