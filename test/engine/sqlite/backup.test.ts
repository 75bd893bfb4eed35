// Goal: a backup is the data of one moment, whole and checked, and a bus on a restored copy takes nothing that the bus that went
// on said or did for something of its own. Method: real engines on real directories; two of them go on from one backup
// and are given each other's ids.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEncryptedEngine } from '../../../src/engine/encrypted.ts';
import type { Engine, Lease, NewMessage } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { backUp } from '../../../src/engine/sqlite/backup/back-up.ts';
import { restore } from '../../../src/engine/sqlite/backup/restore.ts';
import { MIGRATIONS } from '../../../src/engine/sqlite/schema.ts';
import { createSystemClock } from '../../../src/lib/clock.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { STORE_LIMITS } from '../../../src/limits.ts';
import { AGENT, bytes, refusal, SENDER, text } from '../contract/rig.ts';

const MADE_AT = 1_790_000_000_000;
const { pid } = process;

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agentbus-backup-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function open(dataDir: string): Promise<Engine> {
  const options = { clock: createSystemClock(), random: createSystemRandom(), limits: STORE_LIMITS, observer: {} };
  const engine = await openEngine({ engine: 'sqlite', dataDir, ...options });
  onTestFinished(() => engine.close());
  return engine;
}

async function openCopy(file: string, dataDir: string): Promise<Engine> {
  await restore({ file, dataDir, pid });
  return await open(dataDir);
}

function message(messageId: string, overrides: Partial<NewMessage> = {}): NewMessage {
  const common = { sender: SENDER, fingerprint: bytes('f'), recipients: [AGENT], priority: 2, acceptedAt: Date.now() };
  return { ...common, messageId, envelope: bytes(messageId), ...overrides };
}

async function send(engine: Engine, ...messageIds: string[]): Promise<void> {
  for (const messageId of messageIds) await engine.journal.commit({ messages: [message(messageId)] });
}

function lease(engine: Engine): Promise<Lease[]> {
  return engine.mailboxes.lease({ agentId: AGENT, holder: 'h', limit: 1_000_000, maxBytes: 2 ** 30, leaseMs: 60_000 });
}

const idsOf = (leases: readonly Lease[]): string[] => leases.map(({ messageId }) => messageId);

/** A bus with a backup of it, which was made when `a` and `b` waited. */
async function setUp(): Promise<{ folder: string; file: string; original: Engine }> {
  const folder = makeFolder();
  const file = join(folder, 'backup.db');
  const original = await open(join(folder, 'original'));
  await send(original, 'a', 'b');
  await backUp({ dataDir: join(folder, 'original'), file, at: MADE_AT });
  return { folder, file, original };
}

describe('a backup', () => {
  it('holds what there was when it was made, and nothing that came later', async () => {
    const { folder, file, original } = await setUp();
    await send(original, 'c');
    const copy = await openCopy(file, join(folder, 'copy'));
    expect(idsOf(await lease(copy))).toEqual(['a', 'b']);
    expect(await copy.messages.find([{ sender: SENDER, messageId: 'c' }])).toEqual([[]]);
  });

  it('is one file for its owner only, without a log or a draft beside it', async () => {
    const { folder, file } = await setUp();
    expect(readdirSync(folder).sort()).toEqual(['backup.db', 'original']);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('says when it was made, and can be restored more than once', async () => {
    const { folder, file } = await setUp();
    expect(await restore({ file, dataDir: join(folder, 'one'), pid })).toBe(MADE_AT);
    expect(await restore({ file, dataDir: join(folder, 'two'), pid })).toBe(MADE_AT);
  });

  it('is of one moment though the bus commits all the time, and comes to an end', async () => {
    const folder = makeFolder();
    const dataDir = join(folder, 'original');
    const file = join(folder, 'backup.db');
    const program = join(import.meta.dirname, '../programs/commit-pairs.ts');
    const child = spawn(process.execPath, [program, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(createInterface(child.stdout), 'line');
    await backUp({ dataDir, file, at: MADE_AT });
    expect(child.exitCode).toBeNull();
    child.kill('SIGKILL');
    const found = idsOf(await lease(await openCopy(file, join(folder, 'copy'))));
    const [xs, ys] = ['x', 'y'].map((end) => found.filter((id) => id.startsWith(end)).map((id) => id.slice(2)));
    expect(xs).toEqual(ys);
    expect(found.filter((id) => id.startsWith('old'))).toHaveLength(100);
  });

  it('can be made of a bus that is stopped', async () => {
    const folder = makeFolder();
    const dataDir = join(folder, 'original');
    const original = await open(dataDir);
    await send(original, 'a');
    await original.close();
    await backUp({ dataDir, file: join(folder, 'backup.db'), at: MADE_AT });
    const copy = await openCopy(join(folder, 'backup.db'), join(folder, 'copy'));
    expect(idsOf(await lease(copy))).toEqual(['a']);
    await (await open(dataDir)).close();
  });

  it('of sealed data stays sealed, and needs the same key', async () => {
    const folder = makeFolder();
    const dataDir = join(folder, 'original');
    const random = createSystemRandom();
    const key = random.bytes(32);
    const sealed = await createEncryptedEngine(await open(dataDir), { key, random });
    await sealed.journal.commit({ messages: [message('a', { envelope: bytes('nobody reads this') })] });
    await backUp({ dataDir, file: join(folder, 'backup.db'), at: MADE_AT });
    expect(readFileSync(join(folder, 'backup.db')).includes('nobody reads this')).toBe(false);
    const copy = await openCopy(join(folder, 'backup.db'), join(folder, 'copy'));
    await refusal(createEncryptedEngine(copy, { key: random.bytes(32), random }), 'wrong_key');
    const [found] = await lease(await createEncryptedEngine(copy, { key, random }));
    expect(found && text(found.envelope)).toBe('nobody reads this');
  });
});

describe('a bus on a restored copy', () => {
  it('says of everything that waits that it may have been delivered, also of what nobody had received from', async () => {
    const { folder, file } = await setUp();
    const copy = await openCopy(file, join(folder, 'copy'));
    await send(copy, 'new');
    const because = (await lease(copy)).map(({ messageId, redeliveredBecause }) => [messageId, redeliveredBecause]);
    expect(because).toEqual([
      ['a', 'bus_restarted'],
      ['b', 'bus_restarted'],
      ['new', undefined],
    ]);
  });

  it('does not take a delivery id of the bus that went on for one of its own, in its first run or later', async () => {
    const { folder, file, original } = await setUp();
    await send(original, 'c', 'd');
    const foreign = (await lease(original))
      .filter(({ messageId }) => messageId === 'c' || messageId === 'd')
      .map(({ deliveryId }) => deliveryId);
    expect(foreign).toHaveLength(2);
    const dataDir = join(folder, 'copy');
    const first = await openCopy(file, dataDir);
    await send(first, 'e', 'f');
    expect((await first.mailboxes.acknowledge(AGENT, foreign)).stale).toEqual(foreign);
    await first.close();
    const second = await open(dataDir);
    expect((await second.mailboxes.acknowledge(AGENT, foreign)).stale).toEqual(foreign);
    expect(idsOf(await lease(second))).toEqual(['a', 'b', 'e', 'f']);
  });

  it('knows a delivery id of what waited in the backup: it names the same message, and the work is done', async () => {
    const { folder, file, original } = await setUp();
    const [a] = await lease(original);
    const copy = await openCopy(file, join(folder, 'copy'));
    expect((await copy.mailboxes.acknowledge(AGENT, [a?.deliveryId ?? ''])).stale).toEqual([]);
    expect(idsOf(await lease(copy))).toEqual(['b']);
  });

  it('gives out no delivery id that another copy of the same backup gives out', async () => {
    const { folder, file } = await setUp();
    const [one, two] = [await openCopy(file, join(folder, 'one')), await openCopy(file, join(folder, 'two'))];
    await send(one, 'c');
    await send(two, 'd');
    const [ofOne, ofTwo] = [await lease(one), await lease(two)].map((leases) => leases.map((l) => l.deliveryId));
    expect(ofOne).toHaveLength(3);
    expect(ofOne?.filter((id) => ofTwo?.includes(id))).toEqual([]);
    expect((await two.mailboxes.acknowledge(AGENT, ofOne?.slice(2) ?? [])).stale).toHaveLength(1);
  });

  it('gives no dead letter an id that the bus that went on gave to another', async () => {
    const { folder, file, original } = await setUp();
    const bury = async (engine: Engine): Promise<string[]> => {
      await send(engine, 'dies');
      const dying = (await lease(engine)).filter(({ messageId }) => messageId === 'dies');
      await engine.mailboxes.discard(
        AGENT,
        dying.map(({ deliveryId }) => deliveryId),
        'test',
      );
      const { deadLetters } = await engine.deadLetters.list({ agentId: AGENT, limit: 10, maxBytes: 2 ** 20 });
      return deadLetters.map(({ deadLetterId }) => deadLetterId);
    };
    const theirs = await bury(original);
    const copy = await openCopy(file, join(folder, 'copy'));
    const ours = await bury(copy);
    expect(ours).toHaveLength(1);
    expect(ours).not.toEqual(theirs);
    expect(await copy.deadLetters.purge(AGENT, theirs)).toBe(0);
  });

  it('recognizes a repeat of what was on record, and writes on beside it', async () => {
    const { folder, file } = await setUp();
    const dataDir = join(folder, 'copy');
    const copy = await openCopy(file, dataDir);
    await send(copy, 'c');
    await refusal(send(copy, 'a'), 'duplicate_message');
    await copy.close();
    const again = await open(dataDir);
    await refusal(send(again, 'c'), 'duplicate_message');
    // The second run is a run like any other: what the first one did not hand out is above suspicion.
    expect((await lease(again)).map(({ messageId, redeliveredBecause }) => [messageId, redeliveredBecause])).toEqual([
      ['a', 'bus_restarted'],
      ['b', 'bus_restarted'],
      ['c', undefined],
    ]);
  });
});

describe('a backup is refused, and nothing left behind', () => {
  const refused = async (dataDir: string, file: string, message: RegExp): Promise<void> => {
    await expect(backUp({ dataDir, file, at: MADE_AT })).rejects.toThrow(message);
  };

  it('of a bus in memory', async () => {
    const folder = makeFolder();
    await refused(':memory:', join(folder, 'b.db'), /in memory keeps nothing/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('of a directory that is none of a bus, or not there', async () => {
    const folder = makeFolder();
    await refused(folder, join(folder, 'b.db'), /is no data directory of a bus/);
    await refused(join(folder, 'nowhere'), join(folder, 'b.db'), /is no data directory of a bus/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [
      'of other software',
      (db: DatabaseSync) => db.exec('CREATE TABLE x (y); PRAGMA application_id = 99'),
      /other soft/,
    ],
    ['with nothing in it', (db: DatabaseSync) => db.exec('PRAGMA user_version = 0'), /holds nothing of a bus/],
  ])('of a database %s', async (_name, make, message) => {
    const folder = makeFolder();
    const db = new DatabaseSync(join(folder, 'agentbus.db'));
    make(db);
    db.close();
    await refused(folder, join(folder, 'b.db'), message);
    expect(readdirSync(folder)).toEqual(['agentbus.db']);
  });

  it('of what is no database', async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'agentbus.db'), 'no database, and long enough to have a head'.repeat(99));
    await refused(folder, join(folder, 'b.db'), /not a database/);
    expect(readdirSync(folder)).toEqual(['agentbus.db']);
  });

  it('to a file that exists, and leaves that file as it is', async () => {
    const { folder, file } = await setUp();
    const before = readFileSync(file);
    await refused(join(folder, 'original'), file, /backup\.db exists already; nothing is replaced/);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it('to a folder that is not there', async () => {
    const { folder } = await setUp();
    await refused(join(folder, 'original'), join(folder, 'nowhere', 'b.db'), /cannot back up .*no such file/);
    expect(readdirSync(folder).sort()).toEqual(['backup.db', 'original']);
  });

  it('of data that is damaged', async () => {
    const folder = makeFolder();
    const dataDir = join(folder, 'original');
    const original = await open(dataDir);
    const envelope = new Uint8Array(3_000).fill(7);
    for (let count = 0; count < 50; count++) {
      await original.journal.commit({ messages: [message(`m-${count}`, { envelope })] });
    }
    await original.close();
    const content = readFileSync(join(dataDir, 'agentbus.db'));
    const firstEnvelope = content.indexOf(Buffer.from(envelope));
    // The head of the page that the envelope is in.
    content.fill(0xff, firstEnvelope - (firstEnvelope % 4_096), firstEnvelope - (firstEnvelope % 4_096) + 100);
    writeFileSync(join(dataDir, 'agentbus.db'), content);
    await refusal(backUp({ dataDir, file: join(folder, 'b.db'), at: MADE_AT }), 'corrupt');
    expect(readdirSync(folder)).toEqual(['original']);
  });
});

describe('restoring is refused, and leaves no data behind', () => {
  it('what is not there, no backup, or no database', async () => {
    const { folder, original } = await setUp();
    await original.close();
    writeFileSync(join(folder, 'text'), 'no database, and long enough to have a head'.repeat(99));
    const dataDir = join(folder, 'copy');
    const refused = (name: string) => expect(restore({ file: join(folder, name), dataDir, pid })).rejects;
    await refused('nothing').toThrow(/no such file/);
    await refused('text').toThrow(/not a database/);
    await refused('original/agentbus.db').toThrow(/no backup of one/);
    await refused('original').toThrow(/cannot restore/);
    expect(existsSync(dataDir)).toBe(false);
  });

  it('into a directory that holds data', async () => {
    const { folder, file, original } = await setUp();
    await original.close();
    const dataDir = join(folder, 'original');
    await expect(restore({ file, dataDir, pid })).rejects.toThrow(/holds data already/);
    expect(idsOf(await lease(await open(dataDir)))).toEqual(['a', 'b']);
  });

  it('into a directory that a bus has open', async () => {
    const { folder, file } = await setUp();
    await refusal(restore({ file, dataDir: join(folder, 'original'), pid }), 'locked');
  });

  it('a backup of a later version', async () => {
    const { folder, file } = await setUp();
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    db.close();
    await refusal(restore({ file, dataDir: join(folder, 'copy'), pid }), 'newer_schema');
    expect(existsSync(join(folder, 'copy'))).toBe(false);
  });

  it.each([
    ['was cut short', (content: Buffer) => content.subarray(0, content.length - 3 * 4_096), []],
    [
      'has a page that is not what was written',
      (content: Buffer) => content.fill(0xff, 4_096 * 3, 4_096 * 4),
      ['lock'],
    ],
  ])('a backup that %s', async (_name, damage, left) => {
    const { folder, file } = await setUp();
    writeFileSync(file, damage(readFileSync(file)));
    const dataDir = join(folder, 'copy');
    await refusal(restore({ file, dataDir, pid }), 'corrupt');
    expect(existsSync(dataDir) ? readdirSync(dataDir) : []).toEqual(left);
  });

  it('into memory', async () => {
    const { file } = await setUp();
    await expect(restore({ file, dataDir: ':memory:', pid })).rejects.toThrow(/in memory keeps nothing/);
  });

  it('but not into a directory with keys alone, which stay', async () => {
    const { folder, file } = await setUp();
    const dataDir = join(folder, 'copy');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'keys.json'), '{"principals":[]}');
    await restore({ file, dataDir, pid });
    expect(readdirSync(dataDir).sort()).toEqual(['agentbus.db', 'keys.json', 'lock']);
  });
});
