import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';
import { answered } from './answered.ts';
import { BUILD_MS } from './driver/build-client.ts';
import type { ClientCommands } from './driver/client-commands.ts';
import { copyClone } from './driver/copy-clone.ts';
import { type Program, startProgram } from './driver/program.ts';
import { type ReadmeProgram, readReadme } from './driver/read-readme.ts';

const RUN_MS = 120_000;

/** Holds the README of a client to what it says: its commands alone, in a fresh copy of the repository, give a working agent. */
export function describeReadme(client: ClientCommands): void {
  const { name } = client;
  const readme = readReadme(client.folder);
  const worker = `${name}://worker`;
  // What was compiled before need not be compiled again; everything else starts from nothing.
  const env = { CARGO_TARGET_DIR: join(client.folder, 'target') };

  describe('README', () => {
    let bus: BusProcess;
    let clone: string;
    let folder: string;
    const running: Program[] = [];

    beforeAll(async () => {
      bus = await startBusProcess({ apiKey: 'dev-key' });
      clone = copyClone(`clients/${name}`, `gen/${name}`, `examples/stubs/${name}`);
      folder = join(clone, 'clients', name);
      const setUp = startProgram(readme.setUp, folder, env);
      expect([await setUp.exited, setUp.stdout() + setUp.stderr()]).toEqual([0, expect.anything()]);
    }, BUILD_MS);
    afterAll(async () => {
      for (const program of running) program.signal('SIGKILL');
      await Promise.all(running.map(({ exited }) => exited));
      await bus?.stop();
      if (clone !== undefined) rmSync(clone, { recursive: true, force: true });
    });

    function start({ file, code, run }: ReadmeProgram, key = 'dev-key'): Program {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(
        join(folder, file),
        code.replaceAll('http://127.0.0.1:8080', bus.address).replaceAll('dev-key', key),
      );
      const program = startProgram(run, folder, env);
      running.push(program);
      return program;
    }

    test('shows an agent of ten lines, and an orchestrator', () => {
      expect(readme.programs).toHaveLength(2);
      expect(linesThatDoSomething(readme.programs[0]!.code)).toBeLessThanOrEqual(10);
    });

    test(
      'gives a working agent, and an orchestrator that it works for',
      async () => {
        const [agent, orchestrator] = readme.programs.map((program) => () => start(program));
        const working = agent!();
        await answered(bus, worker, working);
        const leading = orchestrator!();
        expect([await leading.exited, leading.stderr()]).toEqual([0, expect.anything()]);
        const printed = leading.stdout().trim();
        expect(printed).toMatch(/[A-Z]/);
        expect(printed).toBe(printed.toUpperCase());
        working.signal('SIGKILL');
        await working.exited;
      },
      RUN_MS,
    );

    test(
      'ends an agent with a wrong key with one clear error',
      async () => {
        const refused = start(readme.programs[0]!, 'wrong');
        expect(await refused.exited).not.toBe(0);
        expect(refused.stdout() + refused.stderr()).toContain('the bus does not know this key');
      },
      RUN_MS,
    );
  });
}

/** Neither blank, nor a comment, nor a bracket, nor an import, of which every language has its own number. */
function linesThatDoSomething(code: string): number {
  const isImport = /^\s*(import|from|use|package)\b|^\t(\w+ )?"[\w./-]+"$/;
  const lines = code.split('\n').filter((line) => !isImport.test(line));
  return lines.filter((line) => /[a-z]/i.test(line.replace(/^\s*(\/\/|#).*/, ''))).length;
}
