import { randomInt } from 'node:crypto';
import process from 'node:process';
import type { ModelFailure, ModelReport, Replay } from './check-model.ts';

/** How the environment wants the model tested. */
export interface ModelSettings {
  readonly runs: number;
  readonly seed: number;
  readonly replay?: Replay;
}

/**
 * Runs of one shard, of all that `AGENTBUS_MODEL_RUNS` asks for (default 1,000), and where they begin: at
 * `AGENTBUS_MODEL_SEED`, or else where the shard says, or by chance; always by chance for the seed `random`.
 */
export function modelSettings(shards: number, usualSeed?: number): ModelSettings {
  const { AGENTBUS_MODEL_RUNS = '1000', AGENTBUS_MODEL_SEED, AGENTBUS_MODEL_PATH } = process.env;
  const runs = Math.ceil(Number(AGENTBUS_MODEL_RUNS) / shards);
  const asked = AGENTBUS_MODEL_SEED ?? usualSeed ?? 'random';
  const seed = asked === 'random' ? randomInt(2 ** 31) : Number(asked);
  if (AGENTBUS_MODEL_PATH === undefined) return { runs, seed };
  const [path = '', commands = ''] = splitOnce(AGENTBUS_MODEL_PATH, '=');
  return { runs, seed, replay: { path, commands } };
}

/** What to tell whoever reads the log of a failure: how to see it again, and what happened. */
export function tellFailure(failure: ModelFailure, { seed, file }: { seed: number; file: string }): string {
  const environment = `AGENTBUS_MODEL_SEED=${seed} AGENTBUS_MODEL_PATH='${failure.path}=${failure.commands}'`;
  return [
    failure.error.message,
    `Replay it with: ${environment} npx vitest run ${file}`,
    'The smallest run that fails, what was asked (>) and what the bus wrote:',
    ...failure.story,
  ].join('\n');
}

/** One line on what was done. */
export function tellRuns({ runs, commands }: ModelReport, ms: number): string {
  return `${runs} runs of ${commands} commands in ${Math.round(ms / 100) / 10} s`;
}

function splitOnce(text: string, at: string): string[] {
  const place = text.indexOf(at);
  return place < 0 ? [text] : [text.slice(0, place), text.slice(place + 1)];
}
