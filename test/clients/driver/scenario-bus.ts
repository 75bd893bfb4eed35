import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCertificate } from '../../server/test-certificate.ts';
import { type BusProcess, startBusProcess } from '../../start-bus-process.ts';
import type { Scenario } from './scenario.ts';

/** A bus that a scenario may kill and start again in the same place. */
export interface ScenarioBus {
  readonly address: string;
  readonly apiKey: string;
  /** PEM file of the authority that its certificate is from; empty without TLS. */
  readonly caFile: string;
  kill(): Promise<void>;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Lets its process stand still, with its connections open. */
  hang(): void;
  goOn(): void;
  /** Stops it and removes its data. */
  end(): Promise<void>;
}

/** Starts a bus in a process of its own. */
export async function startScenarioBus({ env = {}, tls = false }: NonNullable<Scenario['bus']>): Promise<ScenarioBus> {
  const folder = await mkdtemp(join(tmpdir(), 'agentbus-client-'));
  const dataDir = join(folder, 'data');
  const caFile = tls ? join(folder, 'ca.pem') : '';
  const settings: Record<string, string> = { ...env, AGENT_BUS_LOG_LEVEL: 'warn' };
  if (tls) {
    const { ca, cert, key } = testCertificate();
    await writeFile(caFile, ca);
    for (const [name, pem] of [
      ['CERT', cert],
      ['KEY', key],
    ] as const) {
      settings[`AGENT_BUS_TLS_${name}`] = join(folder, `${name}.pem`);
      await writeFile(join(folder, `${name}.pem`), pem);
    }
  }
  let bus: BusProcess = await startBusProcess({ dataDir, env: settings });
  const { address, apiKey } = bus;
  const port = Number(new URL(address).port);
  let isRunning = true;

  async function stop(): Promise<void> {
    if (isRunning) await bus.stop();
    isRunning = false;
  }

  return {
    address,
    apiKey,
    caFile,
    async kill() {
      await bus.kill();
      isRunning = false;
    },
    stop,
    async start() {
      bus = await startBusProcess({ dataDir, port, env: settings });
      isRunning = true;
    },
    hang: () => void bus.child.kill('SIGSTOP'),
    goOn: () => void bus.child.kill('SIGCONT'),
    async end() {
      // A process that stands still does not hear that it is to stop.
      bus.child.kill('SIGCONT');
      await stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
