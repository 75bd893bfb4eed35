import { randomBytes } from 'node:crypto';
import { runLoad } from '../load-process.ts';
import type { LoadResult, Place, RoundsScenario, Scenario, Turn } from '../peer.ts';
import type { PairsOrder } from './load/pairs.ts';

export interface PairsTurn {
  /** Program and first arguments of each process; the order comes last. */
  readonly command: readonly string[];
  readonly port: number;
  readonly scenario: RoundsScenario;
  readonly turn: Turn;
  readonly place: Place;
  /** Distinguishes this turn from all others; a random one without it. */
  readonly run?: string;
  readonly library?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Has the pairs of a scenario make load: in two processes where there is enough to share, as for the bus. */
export function runPairsLoad({ command, place, env, turn, ...given }: PairsTurn): Promise<LoadResult> {
  const { pairs, rate } = given.scenario;
  const parts = pairs > 1 && rate === undefined ? 2 : 1;
  const { warmUpSeconds, seconds } = turn;
  const run = given.run ?? newRun();
  const commands = Array.from({ length: parts }, (_, part) => {
    const order: PairsOrder = { ...given, run, part, parts, warmUpSeconds, seconds };
    return [...command, JSON.stringify(order)];
  });
  return runLoad({ commands, cores: place.loadCores, turn, ...(env !== undefined && { env }) });
}

/** A name for a turn that no other has. */
export function newRun(): string {
  return randomBytes(6).toString('hex');
}

/** Node with a program of the load. */
export function nodeLoad(path: string): readonly string[] {
  return [process.execPath, '--conditions=agentbus-source', path];
}

/** The scenario, if it is one that every peer can do. */
export function roundsOf(scenario: Scenario): RoundsScenario {
  if (scenario.kind !== 'rounds') throw new Error(`${scenario.name} is nothing that others do`);
  return scenario;
}
