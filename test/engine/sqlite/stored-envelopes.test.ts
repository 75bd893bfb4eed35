import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { STORE_LIMITS } from '../../../src/limits.ts';
import type { FakeClock } from '../../fake-clock.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { makeDataDir } from '../sqlite-under-test.ts';

const KEY = { sender: 'test://sender', messageId: 'm' };
const RECIPIENTS = ['test://a', 'test://b', 'test://c'];

interface Stored {
  readonly apart: number;
  readonly inMail: number;
  readonly mail: number;
  /** Dead letters with their envelope. */
  readonly dead: number;
}

/** Sends a message to three, does `then`, and tells what is on disk after it. */
async function storedAfter(
  message: { readonly keep?: boolean; readonly recipients?: readonly string[]; readonly expiresAt?: number },
  then: (engine: Engine, clock: FakeClock) => Promise<unknown>,
): Promise<Stored> {
  const dataDir = makeDataDir();
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  const clock = createFakeClock();
  const options = { clock, random: createSystemRandom(), limits: STORE_LIMITS, observer: {} };
  const engine = await openEngine({ engine: 'sqlite', dataDir, ...options });
  const accepted = { acceptedAt: clock.now(), fingerprint: new Uint8Array(32), priority: 2 };
  const envelope = new Uint8Array(1_000);
  await engine.journal.commit({ messages: [{ ...KEY, ...accepted, recipients: RECIPIENTS, envelope, ...message }] });
  await then(engine, clock);
  await engine.close();
  const db = new DatabaseSync(join(dataDir, 'agentbus.db'));
  const count = (sql: string): number => db.prepare(`SELECT count(*) AS n FROM ${sql}`).get()?.n as number;
  const stored = {
    apart: count('envelopes'),
    inMail: count('mail WHERE envelope IS NOT NULL'),
    mail: count('mail'),
    dead: count('dead_letters WHERE length(envelope) = 1000'),
  };
  db.close();
  return stored;
}

async function leaseFrom(engine: Engine, agentId: string): Promise<string[]> {
  const leases = await engine.mailboxes.lease({ agentId, holder: 'h', limit: 9, maxBytes: 1e6, leaseMs: 1e3 });
  return leases.map(({ deliveryId }) => deliveryId);
}

async function acknowledgeAll(engine: Engine): Promise<void> {
  for (const agentId of RECIPIENTS) await engine.mailboxes.acknowledge(agentId, await leaseFrom(engine, agentId));
}

/** Ways in which all copies of a message come to an end. */
interface EndOfAll {
  readonly how: string;
  readonly expiresAt?: number;
  /** Dead letters that come of it. */
  readonly dead?: number;
  end(engine: Engine, clock: FakeClock): Promise<unknown>;
}

const ENDINGS: readonly EndOfAll[] = [
  { how: 'acknowledged', end: acknowledgeAll },
  {
    how: 'dead letters',
    dead: 3,
    async end(engine) {
      for (const agentId of RECIPIENTS) await engine.mailboxes.discard(agentId, await leaseFrom(engine, agentId), 'no');
    },
  },
  {
    how: 'withdrawn',
    end: (engine) =>
      engine.journal.commit({ withdraw: RECIPIENTS.map((recipient) => ({ ...KEY, recipient, reason: 'over' })) }),
  },
  {
    how: 'expired',
    expiresAt: Date.parse('2026-01-01T00:00:01Z'),
    async end(engine, clock) {
      clock.advance(1_000);
      await engine.journal.flush();
    },
  },
];

describe('an envelope', () => {
  it('is stored once for all copies, and with its mail where there is one copy', async () => {
    expect(await storedAfter({}, async () => {})).toEqual({ apart: 1, inMail: 0, mail: 3, dead: 0 });
    expect(await storedAfter({ keep: true }, async () => {})).toEqual({ apart: 1, inMail: 0, mail: 3, dead: 0 });
    const one = ['test://a'];
    expect(await storedAfter({ recipients: one, keep: true }, async () => {})).toEqual({
      apart: 1,
      inMail: 0,
      mail: 1,
      dead: 0,
    });
    expect(await storedAfter({ recipients: one }, async () => {})).toEqual({ apart: 0, inMail: 1, mail: 1, dead: 0 });
    expect(await storedAfter({ recipients: [] }, async () => {})).toEqual({ apart: 0, inMail: 0, mail: 0, dead: 0 });
  });

  it('stays while any copy waits, whichever that is', async () => {
    for (const last of RECIPIENTS) {
      const stored = await storedAfter({}, async (engine) => {
        for (const agentId of RECIPIENTS.filter((one) => one !== last)) {
          await engine.mailboxes.acknowledge(agentId, await leaseFrom(engine, agentId));
        }
      });
      expect(stored).toEqual({ apart: 1, inMail: 0, mail: 1, dead: 0 });
    }
  });

  it.each(ENDINGS)(
    'goes with the last copy when all are $how, unless it is kept',
    async ({ end, dead = 0, ...more }) => {
      const message = more.expiresAt === undefined ? {} : { expiresAt: more.expiresAt };
      expect(await storedAfter(message, end)).toEqual({ apart: 0, inMail: 0, mail: 0, dead });
      expect(await storedAfter({ ...message, keep: true }, end)).toEqual({ apart: 1, inMail: 0, mail: 0, dead });
    },
  );

  it('that was kept goes when it is forgotten, or with the last copy if that comes later', async () => {
    const forget = (engine: Engine): Promise<void> => engine.journal.commit({ forget: [KEY] });
    const gone = { apart: 0, inMail: 0, mail: 0, dead: 0 };
    expect(await storedAfter({ keep: true, recipients: [] }, forget)).toEqual(gone);
    expect(await storedAfter({ keep: true }, forget)).toEqual({ apart: 1, inMail: 0, mail: 3, dead: 0 });
    const forgetFirst = async (engine: Engine): Promise<void> => {
      await forget(engine);
      await acknowledgeAll(engine);
    };
    const forgetLast = async (engine: Engine): Promise<void> => {
      await acknowledgeAll(engine);
      await forget(engine);
    };
    expect(await storedAfter({ keep: true }, forgetFirst)).toEqual(gone);
    expect(await storedAfter({ keep: true }, forgetLast)).toEqual(gone);
  });
});
