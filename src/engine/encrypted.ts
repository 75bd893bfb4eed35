import type { Random } from '../lib/random.ts';
import type {
  DeadLetters,
  Engine,
  Journal,
  Lease,
  Mailboxes,
  MessageKey,
  MessageRecords,
  NewMessage,
  SessionAppend,
  SessionLog,
  StoredEvent,
  Write,
} from './engine.ts';
import { EngineError } from './engine.ts';
import type { Sealer } from './seal.ts';
import { createSealer, KEY_BYTES, SEAL_OVERHEAD_BYTES } from './seal.ts';

export interface EncryptionOptions {
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** The operating system's: nonces must not be guessable, and never repeat. */
  readonly random: Random;
}

/** Name of the metadata that tells whether data is sealed, and with which key. */
const CHECK = 'encryption';
const CHECK_PLAIN = Buffer.from('agentbus');

/**
 * Wraps an engine so that what users wrote never reaches the disk in the clear:
 * envelopes, event bodies and snapshots. Ids, times, labels, fingerprints, reasons and
 * agent descriptors stay readable, because the engine finds things by them.
 *
 * Rejects as `wrong_key` for data that was sealed with another key, and for data that
 * was written without one.
 */
export async function createEncryptedEngine(engine: Engine, { key, random }: EncryptionOptions): Promise<Engine> {
  if (key.byteLength !== KEY_BYTES) throw new RangeError(`the key has ${key.byteLength} bytes, not ${KEY_BYTES}`);
  const sealer = createSealer(key, random);
  await checkKey(engine, sealer);
  return {
    ...engine,
    journal: sealJournal(engine.journal, sealer),
    sessions: openSessions(engine.sessions, sealer),
    messages: openMessages(engine.messages, sealer),
    mailboxes: openMailboxes(engine.mailboxes, sealer),
    deadLetters: openDeadLetters(engine.deadLetters, sealer),
  };
}

/** Rejects as `wrong_key` when the data is sealed. For those who open an engine without a key. */
export async function assertNotEncrypted({ metadata }: Engine): Promise<void> {
  if ((await metadata.get(CHECK)) === undefined) return;
  throw new EngineError('wrong_key', 'the data is encrypted: give the key that it was written with');
}

async function checkKey({ metadata }: Engine, sealer: Sealer): Promise<void> {
  const check = await metadata.get(CHECK);
  if (check === undefined) {
    if (await metadata.holdsData()) {
      throw new EngineError(
        'wrong_key',
        'the data was written without encryption: open it without a key, or start anew',
      );
    }
    await metadata.put(CHECK, sealer.seal(CHECK_PLAIN, CHECK));
  } else if (sealer.open(check, CHECK) === undefined) {
    throw new EngineError('wrong_key', 'the data is encrypted with another key');
  }
}

// JSON, because ids may hold any character, so that joined by one they could mean two things.
// All copies of a message have one place: their envelope is one, and is stored once where it can be.
const messagePlace = ({ sender, messageId }: MessageKey): string => JSON.stringify(['message', sender, messageId]);
const eventPlace = (sessionId: string, sequence: number): string => JSON.stringify(['event', sessionId, sequence]);
const snapshotPlace = (sessionId: string, sequence: number): string =>
  JSON.stringify(['snapshot', sessionId, sequence]);

function openOrThrow(sealer: Sealer, sealed: Uint8Array, place: string): Uint8Array {
  const plain = sealer.open(sealed, place);
  if (plain !== undefined) return plain;
  throw new EngineError('corrupt', `what is stored as ${place} was changed, or belongs somewhere else`, {
    facts: { place },
  });
}

function sealJournal(journal: Journal, sealer: Sealer): Journal {
  const sealAppend = (append: SessionAppend): SessionAppend => {
    const { sessionId, expectedSequence, snapshot } = append;
    const events = append.events.map((event, index) =>
      sealer.seal(event, eventPlace(sessionId, expectedSequence + index + 1)),
    );
    if (snapshot === undefined) return { ...append, events };
    const place = snapshotPlace(sessionId, expectedSequence + events.length);
    return { ...append, events, snapshot: sealer.seal(snapshot, place) };
  };
  const sealMessage = (message: NewMessage): NewMessage => ({
    ...message,
    envelope: sealer.seal(message.envelope, messagePlace(message)),
  });
  return {
    ...journal,
    commit(write: Write) {
      const { append, messages } = write;
      return journal.commit({
        ...write,
        ...(append && { append: sealAppend(append) }),
        ...(messages && { messages: messages.map(sealMessage) }),
      });
    },
    accept: (messages, callbacks) => journal.accept(messages.map(sealMessage), callbacks),
  };
}

function openSessions(sessions: SessionLog, sealer: Sealer): SessionLog {
  const openEvent = (sessionId: string, { sequence, bytes }: StoredEvent): StoredEvent => ({
    sequence,
    bytes: openOrThrow(sealer, bytes, eventPlace(sessionId, sequence)),
  });
  return {
    ...sessions,
    async load(sessionId) {
      const session = await sessions.load(sessionId);
      if (session === undefined) return undefined;
      const events = session.events.map((event) => openEvent(sessionId, event));
      if (session.snapshot === undefined) return { ...session, events };
      const { sequence, bytes } = session.snapshot;
      const snapshot = { sequence, bytes: openOrThrow(sealer, bytes, snapshotPlace(sessionId, sequence)) };
      return { ...session, events, snapshot };
    },
    async read(query) {
      const events = await sessions.read(query);
      return events.map((event) => openEvent(query.sessionId, event));
    },
  };
}

function openMessages(messages: MessageRecords, sealer: Sealer): MessageRecords {
  return {
    ...messages,
    async envelope(key) {
      const sealed = await messages.envelope(key);
      return sealed && openOrThrow(sealer, sealed, messagePlace(key));
    },
  };
}

function openMailboxes(mailboxes: Mailboxes, sealer: Sealer): Mailboxes {
  const openLease = (lease: Lease): Lease => ({
    ...lease,
    envelope: openOrThrow(sealer, lease.envelope, messagePlace(lease)),
  });
  return {
    ...mailboxes,
    admit: (agentId, bytes, messages = 1) => mailboxes.admit(agentId, bytes + messages * SEAL_OVERHEAD_BYTES, messages),
    async lease(request) {
      return (await mailboxes.lease(request)).map(openLease);
    },
  };
}

/** A message keeps its place when it dies and when it comes back, so nothing is sealed anew. */
function openDeadLetters(deadLetters: DeadLetters, sealer: Sealer): DeadLetters {
  return {
    ...deadLetters,
    async list(query) {
      const page = await deadLetters.list(query);
      const open = page.deadLetters.map((one) => ({
        ...one,
        envelope: openOrThrow(sealer, one.envelope, messagePlace(one)),
      }));
      return { ...page, deadLetters: open };
    },
  };
}
