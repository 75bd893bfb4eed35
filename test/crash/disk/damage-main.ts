/**
 * Damages the files of a bus that is not running, in every way and at random places, starts it again, drains it and
 * compares what it has with what it answered. Prints how often each kind of damage was noticed, and how.
 *
 *   node test/crash/disk/damage-main.ts [--rounds 40] [--seed 1] [--lines]
 */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createSeededRandom } from '../../client/seeded-random.ts';
import { DAMAGES, type Damage } from './damage-file.ts';
import { OUTCOMES, type Outcome, tryDamage } from './try-damage.ts';
import { makeUsedData, type UsedData } from './used-data.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    seed: { type: 'string', default: '1' },
    lines: { type: 'boolean', default: false },
  },
});
const AT_ONCE = 3;

interface Case {
  readonly file: string;
  readonly damage: Damage;
  readonly data: UsedData;
}

const dir = mkdtempSync(join(tmpdir(), 'agentbus-damage-'));
try {
  const stopped = await makeUsedData(join(dir, 'stopped'), 'stop');
  const killed = await makeUsedData(join(dir, 'killed'), 'kill');
  const cases: Case[] = [
    ...DAMAGES.map((damage) => ({ file: 'agentbus.db', damage, data: stopped })),
    ...DAMAGES.map((damage) => ({ file: 'agentbus.db-wal', damage, data: killed })),
    ...DAMAGES.map((damage) => ({ file: 'agentbus.db-shm', damage, data: killed })),
    ...DAMAGES.map((damage) => ({ file: 'lock', damage, data: killed })),
  ];
  for (const each of cases) process.stdout.write(`${await tally(each)}\n`);
} finally {
  rmSync(dir, { recursive: true });
}

async function tally({ file, damage, data }: Case): Promise<string> {
  const counts = new Map<Outcome, number>();
  // There is one way to delete a file; the locks and the index have few places that differ.
  const rounds = damage === 'delete' ? 1 : file.endsWith('.db') || file.endsWith('-wal') ? Number(values.rounds) : 5;
  const seeds = Array.from({ length: rounds }, (_, index) => Number(values.seed) * 1_000 + index);
  const lane = async (): Promise<void> => {
    for (let seed = seeds.shift(); seed !== undefined; seed = seeds.shift()) {
      const dataDir = mkdtempSync(join(dir, 'trial-'));
      cpSync(data.dataDir, dataDir, { recursive: true });
      const random = createSeededRandom(seed);
      const { outcome, told } = await tryDamage({ dataDir, file, damage, random, answered: data.answered });
      rmSync(dataDir, { recursive: true });
      counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
      if (values.lines) process.stdout.write(`  ${file} ${damage} seed ${seed}: ${outcome}: ${told}\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  const texts = OUTCOMES.map((outcome) => `${outcome} ${counts.get(outcome) ?? 0}`);
  return `${file.padEnd(16)} ${damage.padEnd(11)} ${texts.join(', ')}`;
}
