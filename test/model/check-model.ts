import fc from 'fast-check';
import { type Intent, intent, together } from './commands.ts';
import { compare, doTogether, emptyWorld, finish, type Run, waitUntil } from './run.ts';
import { openSystem } from './system.ts';

export interface ModelCheck {
  readonly seed: number;
  readonly runs: number;
  /** What a failure named, to see it again. */
  readonly replay?: Replay;
  /** Whether some commands are done at once, at moments of a scheduler's choice. */
  readonly concurrent: boolean;
  /** Whether a failure is made smaller before it is told. Default: yes. */
  readonly shrinks?: boolean;
}

/** Where fast-check found a counterexample: its path, and the commands that were executed on the way. */
export interface Replay {
  readonly path: string;
  readonly commands: string;
}

export interface ModelReport {
  readonly runs: number;
  /** Commands that were executed, in all runs together. */
  readonly commands: number;
  readonly failure?: ModelFailure;
}

export interface ModelFailure extends Replay {
  /** Commands of the smallest run that fails. */
  readonly counterexample: string;
  /** What was done and seen in it. */
  readonly story: readonly string[];
  readonly error: Error;
}

const MAX_COMMANDS = 100;

/** Lets a real bus and the model do the same commands, many times, until they differ. */
export async function checkModel({ seed, runs, replay, concurrent, shrinks = true }: ModelCheck): Promise<ModelReport> {
  let commands = 0;
  let failed: Run | undefined;
  const intents = concurrent ? fc.oneof({ weight: 3, arbitrary: intent }, { weight: 2, arbitrary: together }) : intent;
  const arbitrary = fc.commands([intents.map((meant) => new Command(meant))], {
    maxCommands: MAX_COMMANDS,
    size: 'max',
    ...(replay && { replayPath: replay.commands }),
  });
  const property = fc.asyncProperty(arbitrary, fc.scheduler(), async (all, scheduler) => {
    const system = await openSystem();
    const run: Run = { system, world: emptyWorld(system.clock.now()), story: [], scheduler, commands: 0 };
    try {
      await fc.asyncModelRun(() => ({ model: { run }, real: run }), all);
      await finish(run);
    } catch (error) {
      failed = run;
      throw error;
    } finally {
      commands += run.commands;
      await system.close();
    }
  });
  const settings = { seed, numRuns: runs, endOnFailure: !shrinks, ...(replay && { path: replay.path }) };
  const {
    failed: isFailed,
    numRuns,
    counterexamplePath,
    counterexample,
    errorInstance,
  } = await fc.check(property, settings);
  if (!isFailed) return { runs: numRuns, commands };
  const text = String(counterexample?.[0]);
  const failure = {
    path: counterexamplePath ?? '',
    commands: /replayPath="([^"]*)"/.exec(text)?.[1] ?? '',
    counterexample: text,
    story: failed?.story ?? [],
    error: errorInstance instanceof Error ? errorInstance : new Error(String(errorInstance)),
  };
  return { runs: numRuns, commands, failure };
}

/** fast-check is told of the model so that it can leave out what means nothing. */
interface Model {
  readonly run: Run;
}

class Command implements fc.AsyncCommand<Model, Run> {
  readonly intent: Intent;

  constructor(meant: Intent) {
    this.intent = meant;
  }

  check({ run }: Readonly<Model>): boolean {
    return this.intent.actions(run.world).length > 0;
  }

  async run({ run }: Model): Promise<void> {
    run.commands++;
    const actions = this.intent.actions(run.world);
    const [first] = actions;
    if (first?.does === 'wait' && actions.length === 1) await waitUntil(run, first.until);
    else await doTogether(run, actions);
    await waitUntil(run, run.system.clock.now());
    await compare(run);
  }

  toString(): string {
    return this.intent.name;
  }
}
