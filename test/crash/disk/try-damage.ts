import { join } from 'node:path';
import { type BusProcess, startBusProcess } from '../../start-bus-process.ts';
import { type Damage, damageFile } from './damage-file.ts';
import type { Chance } from './lose-writes.ts';
import { recheckWork } from './recheck-work.ts';
import { type Answered, createSmallWork } from './small-work.ts';

/**
 * How a bus takes damage: it does not start; it ends by itself with the code for it; it answers a call with an internal
 * error; it never says anything that is wrong; or it loses or changes what it answered, and does not say so.
 */
export const OUTCOMES = ['refused', 'fail-stop', 'error', 'no effect', 'SILENT'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Trial {
  /** Damaged and used up. */
  readonly dataDir: string;
  readonly file: string;
  readonly damage: Damage;
  readonly random: Chance;
  readonly answered: Answered;
}

/** Damages one file and looks what the bus makes of it. */
export async function tryDamage(trial: Trial): Promise<{ outcome: Outcome; told: string }> {
  const { dataDir, file, damage, random, answered } = trial;
  const where = damageFile(join(dataDir, file), damage, random);
  let bus: BusProcess;
  try {
    bus = await startBusProcess({ dataDir, env: { AGENT_BUS_LOG_LEVEL: 'fatal' } });
  } catch (error) {
    return { outcome: 'refused', told: `${where}: ${(error as Error).message.trim()}` };
  }
  const { outcome, told } = await drain(bus, answered);
  await bus.kill();
  return { outcome, told: `${where}: ${told}` };
}

async function drain(bus: BusProcess, answered: Answered): Promise<{ outcome: Outcome; told: string }> {
  const work = createSmallWork(answered);
  try {
    const violation = (await work.check(bus)) ?? (await recheckWork(bus, work.answered));
    return violation === undefined ? { outcome: 'no effect', told: '' } : { outcome: 'SILENT', told: violation };
  } catch (error) {
    // A bus that ends cuts the call first.
    await Promise.race([new Promise((resolve) => bus.child.once('exit', resolve)), waited(2_000)]);
    if (bus.child.exitCode === 70) return { outcome: 'fail-stop', told: bus.stderr() };
    return { outcome: 'error', told: `exit ${bus.child.exitCode}: ${(error as Error).message} ${bus.stderr()}` };
  }
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
