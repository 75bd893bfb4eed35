import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type BusProcess, startBusProcess } from '../start-bus-process.ts';
import { answered } from './answered.ts';
import { BUILD_MS } from './driver/build-client.ts';
import type { ClientCommands } from './driver/client-commands.ts';
import { startProgram } from './driver/program.ts';
import { runCommand } from './driver/run-command.ts';

/** Shows that the contract alone is enough: an agent that is made of generated stubs joins, answers a task, and leaves. */
export function describeStub({ name, folder, stub }: ClientCommands): void {
  if (stub === undefined) return;
  describe('the agent without a client', () => {
    let bus: BusProcess;
    beforeAll(async () => {
      bus = await startBusProcess({ env: { AGENT_BUS_HEARTBEAT_INTERVAL: '500' } });
      for (const command of stub.build) await runCommand(command, folder);
    }, BUILD_MS);
    afterAll(() => bus?.stop());

    test('joins, answers a task, and leaves when it is told to', async () => {
      const worker = `${name}://stub`;
      const quoted = stub.run.map((word) => `'${word}'`).join(' ');
      const agent = startProgram(`exec ${quoted}`, folder, {
        AGENT_BUS_URL: bus.address,
        AGENT_BUS_API_KEY: bus.apiKey,
        AGENT_ID: worker,
      });
      try {
        await agent.says('ready');
        await answered(bus, worker, agent);
        agent.signal('SIGTERM');
        expect([0, 143, null]).toContain(await agent.exited);
      } finally {
        agent.signal('SIGKILL');
      }
    }, 60_000);
  });
}
