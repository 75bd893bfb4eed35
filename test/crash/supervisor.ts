import type { ChildProcess } from 'node:child_process';
import { setTimeout as elapse } from 'node:timers/promises';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';
import { askMessages, askSessions, queuedMessages } from './ask-bus.ts';
import { type Choices, createChoices } from './choices.ts';
import { createLedger, type Ledger } from './ledger/ledger.ts';
import type { Violation } from './ledger/violation.ts';
import { type CrashReport, createReport, type ReportWriter } from './report.ts';
import type { Strike } from './strike.ts';
import { createVerifier } from './verify.ts';
import type { Actor, BusRun } from './workload/bus-run.ts';
import { createWorkload, type Workload } from './workload/create-workload.ts';

export interface CrashLoopOptions {
  /** How often the bus is struck. */
  readonly kills: number;
  /** From which all choices follow, see README.md for what it can replay. */
  readonly seed: number;
  /** The next way to end the bus; `choices` are its own, `kill` counts from 1. */
  strike(choices: Choices, kill: number): Strike;
  /** One directory over all kills; kept. */
  readonly dataDir: string;
  /** A line on how it goes. */
  log(line: string): void;
  /** The program to run instead of `src/main.ts`. */
  readonly main?: string;
  /** What every bus is started with, beside what the strike says. */
  readonly env?: Readonly<Record<string, string>>;
  /** The ledger to write into; a new one by default. */
  readonly ledger?: Ledger;
}

/** Time for a bus to go or to come, for clients to notice, for mailboxes to lose their last message: never reached in a good run. */
const PATIENCE_MS = 60_000;
/** Time after which clients that lost their bus have noticed; and for a bus that cut a call to be gone. */
const NOTICE_MS = 15_000;

/** Time for clients to read what the bus said before it died. */
const LAST_WORDS_MS = 1_000;

const QUIET = { AGENT_BUS_LOG_LEVEL: 'warn', AGENT_BUS_TASK_LEASE: '600000' };

/**
 * Starts a bus, lets clients work with it, strikes it, and again, on one data directory; compares what the clients saw with
 * what the bus promises after each restart; lets everything come to its end, and compares again. Stops at the first
 * violation, so that the data shows it.
 */
export async function runCrashLoop(options: CrashLoopOptions): Promise<CrashReport> {
  const { kills, seed, dataDir, log, ledger = createLedger() } = options;
  const choices = createChoices(seed);
  const workload = createWorkload(ledger, choices.fork('workload'));
  const { verify } = createVerifier({ ledger, showsOrder: workload.showsOrder });
  const strikes = choices.fork('strikes');
  const report = createReport({ seed, dataDir });

  let current: BusProcess | undefined;
  const startNext = async (strike?: Strike): Promise<Started> => {
    const env = { ...QUIET, ...options.env, ...strike?.env };
    const started = await start({ ...options, env }, (child) => strike?.whileStarting?.(child), report);
    current = typeof started === 'string' ? undefined : started;
    return started;
  };
  const strikeOnce = async (kill: number): Promise<void> => {
    const strike = options.strike(strikes.fork(String(kill)), kill);
    const bus = await startNext(strike);
    if (bus === 'failed') return;
    if (bus !== 'struck') await workUntil(strike, bus, { ledger, workload, report });
    await strike.afterwards?.(dataDir);
    report.struck(strike.name, bus === 'struck');
    report.add(verify());
  };
  const end = async (): Promise<void> => {
    const bus = await startNext();
    if (typeof bus === 'string') return;
    await settle(bus, { ledger, workload, report, log });
    report.add(verify());
    const code = await within(PATIENCE_MS, bus.stop(), 'the bus would not stop');
    if (code !== 0) report.add([busFailed(`the bus ended with ${code} when it was asked to stop:\n${bus.stderr()}`)]);
  };
  try {
    for (let kill = 1; kill <= kills && report.violations.length === 0; kill++) {
      await strikeOnce(kill);
      if (kill % 10 === 0) log(`${kill} of ${kills} kills, ${report.progress(ledger)}`);
    }
    if (report.violations.length === 0) await end();
  } catch (error) {
    // A strike that did not come about, or somebody who did not come to an end: no run can be called good after that.
    report.add([busFailed(error instanceof Error ? (error.stack ?? error.message) : String(error))]);
  }
  await current?.kill();
  return report.finish(ledger);
}

interface Surroundings {
  readonly ledger: Ledger;
  readonly workload: Workload;
  readonly report: ReportWriter;
}

async function workUntil(strike: Strike, bus: BusProcess, { ledger, workload, report }: Surroundings): Promise<void> {
  const run = openRun(bus, ledger, 'work');
  const busy = new Set([...workload.speakers, ...workload.listeners]);
  const work = [...busy].map((actor) => runActor(actor, run, ledger).finally(() => busy.delete(actor)));
  await within(PATIENCE_MS, strike.strike(bus), `${strike.name}: the bus would not go`);
  run.ended();
  await within(PATIENCE_MS, Promise.all(work), () => `not noticed that the bus is gone: ${namesOf(busy)}`);
  report.ranOnce(bus);
}

/** Lets everything come to its end: what is unknown is said again, leases and delays run out, mailboxes are emptied. */
async function settle(
  bus: BusProcess,
  { ledger, workload, report, log }: Surroundings & Pick<CrashLoopOptions, 'log'>,
): Promise<void> {
  const run = openRun(bus, ledger, 'settle');
  const busy = new Set([...workload.speakers, ...workload.listeners]);
  const begin = (actor: Actor) => runActor(actor, run, ledger).finally(() => busy.delete(actor));
  const listening = workload.listeners.map(begin);
  const speaking = workload.speakers.map(begin);
  await within(PATIENCE_MS, Promise.all(speaking), () => `not finished what was under way: ${namesOf(busy)}`);
  const deadline = Date.now() + PATIENCE_MS;
  let waiting = await queuedMessages(run, workload.mailboxes);
  while (waiting > 0 && Date.now() < deadline) {
    await elapse(100);
    waiting = await queuedMessages(run, workload.mailboxes);
  }
  run.finishNow();
  await within(PATIENCE_MS, Promise.all(listening), () => `not left when asked to: ${namesOf(busy)}`);
  log(`${ledger.order} facts; asking the bus for the state of every message and session`);
  const { violations, deadLetters } = await askMessages(run, ledger, workload.mailboxes);
  report.deadLettered = deadLetters;
  report.add([...violations, ...(await askSessions(run, ledger))]);
  run.ended();
}

interface OpenRun extends BusRun {
  ended(): void;
  finishNow(): void;
}

function openRun(bus: BusProcess, ledger: Ledger, mode: BusRun['mode']): OpenRun {
  const gone = new AbortController();
  const silent = new AbortController();
  const finish = new AbortController();
  const ended = (): void => {
    gone.abort();
    setTimeout(() => silent.abort(new Error('the bus is gone')), LAST_WORDS_MS).unref();
  };
  bus.child.once('exit', ended);
  return {
    number: ledger.beginRun(),
    address: bus.address,
    apiKey: bus.apiKey,
    mode,
    gone: gone.signal,
    silent: silent.signal,
    finish: finish.signal,
    ended,
    finishNow: () => finish.abort(),
  };
}

/** A client may be cut off by a bus that dies, and by nothing else. */
async function runActor(actor: Actor, run: OpenRun, ledger: Ledger): Promise<void> {
  try {
    await actor.run(run);
  } catch (error) {
    const noticed = new Promise<void>((resolve) => {
      if (run.gone.aborted) resolve();
      run.gone.addEventListener('abort', () => resolve(), { once: true });
    });
    if ((await Promise.race([noticed.then(() => 'gone'), elapse(NOTICE_MS, 'up', { ref: false })])) === 'gone') {
      if (run.mode === 'work') return;
    }
    const text = `a call failed though the bus was up: ${error instanceof Error ? error.stack : error}`;
    ledger.report({ kind: 'call failed', text, subject: actor.name });
  }
}

type Started = BusProcess | 'struck' | 'failed';

/** Starts a bus. One that is killed before it listens was struck; one that ends otherwise has failed. */
async function start(
  { dataDir, main, env }: Pick<CrashLoopOptions, 'dataDir' | 'main' | 'env'>,
  starting: (child: ChildProcess) => void,
  report: ReportWriter,
): Promise<Started> {
  let child: ChildProcess | undefined;
  const startedAt = performance.now();
  const spawned = (started: ChildProcess): void => {
    child = started;
    // A supervisor that is broken off takes its bus with it.
    const reap = (): void => void started.kill('SIGKILL');
    process.once('exit', reap);
    started.once('exit', () => process.off('exit', reap));
    starting(started);
  };
  const begin = startBusProcess({ dataDir, spawned, ...(main !== undefined && { main }), ...(env && { env }) });
  try {
    const bus = await within(PATIENCE_MS, begin, 'the bus did not listen in time');
    report.ready(performance.now() - startedAt);
    return bus;
  } catch (error) {
    if (child?.signalCode === 'SIGKILL') return 'struck';
    child?.kill('SIGKILL');
    report.add([busFailed(`the bus did not start: ${error instanceof Error ? error.message : error}`)]);
    return 'failed';
  }
}

function busFailed(text: string): Violation {
  return { kind: 'bus failed', text, subject: 'bus' };
}

function namesOf(actors: ReadonlySet<Actor>): string {
  return [...actors].map(({ name }) => name).join(', ');
}

async function within<T>(ms: number, promise: Promise<T>, otherwise: string | (() => string)): Promise<T> {
  const timer = new AbortController();
  const late = elapse(ms, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`${typeof otherwise === 'string' ? otherwise : otherwise()} (after ${ms} ms)`);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort();
    late.catch(() => undefined);
  }
}
