import process from 'node:process';
import { expect, test } from 'vitest';
import { checkModel } from './check-model.ts';
import { modelSettings, tellFailure, tellRuns } from './settings.ts';

/** A part of the runs, in a file of its own so that the parts run side by side. */
export interface Shard {
  /** Path from the root of the project. */
  readonly file: string;
  /** How many files share the runs. */
  readonly shards: number;
  readonly concurrent: boolean;
  /** Where the runs begin if nobody says. Default: anywhere. */
  readonly seed?: number;
}

/** Ten minutes: so many runs are asked for only where nobody waits for them. */
const TIMEOUT_MS = 600_000;

/** Declares the test of one shard. */
export function testModel({ file, shards, concurrent, seed: usualSeed }: Shard): void {
  test(`the bus does what the contract says, in random runs${concurrent ? ' of commands at once' : ''}`, {
    timeout: TIMEOUT_MS,
  }, async () => {
    const settings = modelSettings(shards, usualSeed);
    const { seed } = settings;
    process.stdout.write(`${file}: AGENTBUS_MODEL_SEED=${seed}\n`);
    const startedAt = performance.now();
    const report = await checkModel({ ...settings, concurrent });
    if (report.failure !== undefined) expect.fail(tellFailure(report.failure, { seed, file }));
    process.stdout.write(`${file}: ${tellRuns(report, performance.now() - startedAt)}\n`);
  });
}
