import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testCertificate } from '../server/test-certificate.ts';
import { startBusProcess } from '../start-bus-process.ts';
import { FUZZ_ENVIRONMENT, type FuzzedBus, watchBus } from './bus/fuzzed-bus.ts';
import { requireService } from './bus/round-trip.ts';
import { checkPart } from './parts/check-part.ts';
import { createCounts, type PartName } from './parts/part.ts';

export interface FuzzOptions {
  /** How many runs each part does. */
  readonly runs: Readonly<Partial<Record<PartName, number>>>;
  readonly seed: number;
  readonly path?: string;
  tell(line: string): void;
}

/** A bus that holds more than this after runs that end what they begin keeps what it should not. In MiB. */
const MOST_MEMORY_MIB = 1_024;

/**
 * Fuzzes a bus in a process of its own, part by part; then stops it and opens its data again. Resolves with what
 * failed, empty if nothing did.
 */
export async function runFuzz({ runs, seed, path, tell }: FuzzOptions): Promise<string[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-fuzz-'));
  const failures: string[] = [];
  let bus = watchBus(await startBusProcess({ dataDir, env: FUZZ_ENVIRONMENT }));
  const tlsBus = runs.http1 || runs.http2 ? await startTlsBus(dataDir) : undefined;
  try {
    for (const [part, count] of Object.entries(runs) as [PartName, number][]) {
      const counts = createCounts();
      const failure = await checkPart({
        bus,
        ...(tlsBus && { tlsBus }),
        counts,
        part,
        runs: count,
        seed,
        ...(path !== undefined && { path }),
      });
      if (failure !== undefined) failures.push(`${part}: ${failure}`);
      const memory = await bus.memoryMiB();
      if (!(memory <= MOST_MEMORY_MIB)) failures.push(`${part}: the bus holds ${memory} MiB`);
      tell(
        `${part}: ${count} runs, seed ${seed}, ${failure === undefined ? 'no failure' : 'FAILED'}; the bus holds ${memory} MiB`,
      );
      for (const [name, times] of counts.entries()) tell(`  ${String(times).padStart(8)}  ${name}`);
    }
    for (const one of [bus, tlsBus]) {
      one?.close();
      const code = (await one?.process.stop()) ?? 0;
      if (code !== 0) failures.push(`the bus ended with ${code}`);
    }
    bus = watchBus(await startBusProcess({ dataDir, env: FUZZ_ENVIRONMENT }));
    await requireService(bus);
    bus.requireHealthy();
    tell('the bus stopped well, and works again on its data');
  } finally {
    bus.close();
    await bus.process.kill();
    await tlsBus?.process.kill();
    await rm(dataDir, { recursive: true });
  }
  return failures;
}

/** A second bus, without data on disk, that speaks TLS only. */
async function startTlsBus(folder: string): Promise<FuzzedBus> {
  const { ca, cert, key } = testCertificate();
  const files = { AGENT_BUS_TLS_CERT: join(folder, 'test-cert.pem'), AGENT_BUS_TLS_KEY: join(folder, 'test-key.pem') };
  await Promise.all([writeFile(files.AGENT_BUS_TLS_CERT, cert), writeFile(files.AGENT_BUS_TLS_KEY, key)]);
  return watchBus(await startBusProcess({ dataDir: ':memory:', env: { ...FUZZ_ENVIRONMENT, ...files } }), ca);
}
