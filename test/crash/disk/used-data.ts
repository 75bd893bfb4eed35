import { mkdirSync } from 'node:fs';
import { startBusProcess } from '../../start-bus-process.ts';
import { type Answered, createSmallWork } from './small-work.ts';

/** The data of a bus that worked, and what it answered. */
export interface UsedData {
  readonly dataDir: string;
  readonly answered: Answered;
}

const MESSAGES = 400;

/** Lets a bus work and ends it: in good order, which leaves one file, or by SIGKILL, which leaves its log too. */
export async function makeUsedData(dataDir: string, end: 'stop' | 'kill'): Promise<UsedData> {
  mkdirSync(dataDir);
  const work = createSmallWork();
  const bus = await startBusProcess({ dataDir });
  const enough = new AbortController();
  await Promise.all([work.run(bus, enough.signal), work.waitForMore(MESSAGES).then(() => enough.abort())]);
  if (end === 'stop') await bus.stop();
  else await bus.kill();
  return { dataDir, answered: work.answered };
}
