import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CrashPointName } from '../../../src/lib/crash-point.ts';
import { startBusProcess } from '../../start-bus-process.ts';
import { type CrashOrder, crashPointEnv, giveOrder, readConfirmation, takeBack } from './crash-order.ts';
import { diedAt } from './died-at.ts';
import { passageOf } from './passage.ts';
import { decideAboutDeadLetters } from './scenarios/dead-letters.ts';
import { updateFromFirstVersion } from './scenarios/migration.ts';
import { forgetWhatHasEnded } from './scenarios/retention.ts';
import type { Scenario } from './scenarios/scenario.ts';

function scenarioOf(point: CrashPointName): Scenario {
  if (point.startsWith('dead-letter.')) return decideAboutDeadLetters(point);
  if (point.startsWith('retention.')) return forgetWhatHasEnded();
  return updateFromFirstVersion();
}

/** Lets a bus on data of its own die at the point, and throws what is wrong with the one that is started after it. */
export async function runScenario(order: CrashOrder): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'agentbus-crash-scenario-'));
  const [dataDir, file] = [join(folder, 'data'), join(folder, 'order')];
  const scenario = scenarioOf(order.point);
  const env = { AGENT_BUS_LOG_LEVEL: 'warn', ...scenario.env, ...crashPointEnv(file) };
  scenario.writeData?.(dataDir);
  await crash(scenario, order, { dataDir, file, env });
  if (readConfirmation(file)?.point !== order.point) throw new Error(`the bus was killed, and not at ${order.point}`);
  takeBack(file);
  const bus = await startBusProcess({ dataDir, env });
  await scenario.check(bus, order);
  const code = await bus.stop();
  if (code !== 0) throw new Error(`the bus ended with ${code} when it was asked to stop:\n${bus.stderr()}`);
  scenario.checkData?.(dataDir);
  rmSync(folder, { recursive: true });
}

interface Setting {
  readonly dataDir: string;
  readonly file: string;
  readonly env: Readonly<Record<string, string>>;
}

async function crash(scenario: Scenario, order: CrashOrder, { dataDir, file, env }: Setting): Promise<void> {
  if (passageOf(order.point) === 'migration') {
    giveOrder(file, order);
    let child: ChildProcess | undefined;
    const spawned = (process: ChildProcess): void => {
      child = process;
    };
    const started = await startBusProcess({ dataDir, env, spawned }).then(
      () => true,
      () => false,
    );
    if (!started && child?.signalCode === 'SIGKILL') return;
    child?.kill('SIGKILL');
    throw new Error(`the bus was to die at ${order.point} while it starts, and did not`);
  }
  const bus = await startBusProcess({ dataDir, env });
  await scenario.prepare?.(bus);
  giveOrder(file, order);
  await scenario.provoke?.(bus);
  await diedAt(bus, order);
}
