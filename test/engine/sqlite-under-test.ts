import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import { createSystemRandom } from '../../src/lib/random.ts';
import type { ContractOptions, OpenedEngine } from './contract.ts';

/** What lies between the engine and the suite, such as encryption. */
export type Wrap = (engine: Engine) => Promise<Engine>;

/** A directory of its own for one test, removed by it. */
export function makeDataDir(): string {
  return mkdtempSync(join(tmpdir(), 'agentbus-engine-'));
}

/** Opens the embedded engine on a data directory of its own. */
export async function openOnDisk(
  options: ContractOptions,
  wrap: Wrap = async (engine) => engine,
): Promise<OpenedEngine> {
  return await openIn(makeDataDir(), { ...options, wrap });
}

async function openIn(dataDir: string, options: ContractOptions & { wrap: Wrap }): Promise<OpenedEngine> {
  const { wrap, ...contractOptions } = options;
  const engine = await wrap(
    await openEngine({ engine: 'sqlite', dataDir, random: createSystemRandom(), ...contractOptions }),
  );
  return {
    engine,
    async reopen(how) {
      // What a process would find that starts after this one was killed here: the files as they are, unclosed.
      const copy = how === 'crashed' ? makeDataDir() : undefined;
      if (copy !== undefined) cpSync(dataDir, copy, { recursive: true });
      await engine.close();
      return await openIn(copy ?? dataDir, options);
    },
    async dispose() {
      await engine.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function openInMemory(options: ContractOptions): Promise<OpenedEngine> {
  const engine = await openEngine({ engine: 'sqlite', dataDir: ':memory:', random: createSystemRandom(), ...options });
  return { engine, dispose: () => engine.close() };
}
