/**
 * Goal: agents in Python, Go, Rust and Java finish one session of a TypeScript orchestrator, though the bus is killed while
 * one of them is at work. Method: each agent is a process of its own, built on the client of its language.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectOrchestrator, type Orchestrator, type SessionEvent, StepStatus } from '../../src/index.ts';
import { BUILD_MS, buildClient } from './driver/build-client.ts';
import { readClients } from './driver/client-commands.ts';
import { type ScenarioBus, startScenarioBus } from './driver/scenario-bus.ts';
import { startTestee, type Testee } from './driver/testee.ts';

const clients = readClients().filter(({ name }) => name !== 'typescript');
const missing = [...new Set(clients.flatMap((client) => client.missing))];
const title = missing.length === 0 ? 'a polyglot session' : `a polyglot session: skipped, no ${missing.join(', no ')}`;

describe.skipIf(missing.length > 0)(title, () => {
  let bus: ScenarioBus;
  let orchestrator: Orchestrator;
  const testees = new Map<string, Testee>();

  beforeAll(async () => {
    for (const client of clients) await buildClient(client);
    bus = await startScenarioBus({});
    for (const client of clients) {
      const testee = await startTestee(client);
      testees.set(client.name, testee);
      const { address, apiKey } = bus;
      const agent = { agent: 'a', address, api_key: apiKey, agent_id: agentOf(client.name) };
      expect(await testee.call('agent.connect', agent)).toMatchObject({ result: {} });
      expect(await testee.call('agent.ready', { agent: 'a' })).toMatchObject({ result: {} });
    }
    orchestrator = connectOrchestrator({ address: bus.address, apiKey: bus.apiKey, agentId: 'claude-code://lead' });
  }, BUILD_MS);

  afterAll(async () => {
    orchestrator?.close();
    await Promise.all([...testees.values()].map((testee) => testee.end()));
    await bus?.end();
  });

  test('completes though the bus is killed in the middle', async () => {
    const names = clients.map(({ name }) => name);
    const session = await orchestrator.createSession({
      participants: names.map((name) => ({ agentId: agentOf(name), role: 'worker' })),
      steps: names.map((name) => ({ name, requiredAgents: [agentOf(name)] })),
    });
    const events: SessionEvent[] = [];
    const followed = (async () => {
      for await (const event of session.events()) events.push(event);
    })();

    // Each language's part holds until it is told to go on; the bus dies while the second one is at work.
    for (const [index, name] of names.entries()) {
      const script = [{ progress: 50, note: name }, { hold: name }, { return: { by: name } }];
      const asked = session.ask({ to: agentOf(name), taskId: `part-${name}`, payload: { script } });
      await progressed(events, `part-${name}`);
      if (index === 1) {
        await bus.kill();
        await bus.start();
      }
      await testees.get(name)?.call('release', { hold: name });
      expect(await asked).toMatchObject({ agentId: agentOf(name), failed: false, payload: { by: name } });
    }
    const { workflow } = await session.complete({ summary: 'four languages, one session' });
    await followed;

    expect(workflow?.steps.map(({ status }) => status)).toEqual(names.map(() => StepStatus.COMPLETED));
    expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1));
    const completed = events.flatMap(({ body }) => (body.case === 'taskCompleted' ? [body.value.taskId] : []));
    expect(completed).toEqual(names.map((name) => `part-${name}`));
    // Nobody did its part twice.
    for (const testee of testees.values())
      expect(testee.events.filter(({ event }) => event === 'handling')).toHaveLength(1);
  }, 120_000);
});

function agentOf(name: string): string {
  return `${name}://worker`;
}

/** Waits until the orchestrator has heard of a task's progress. */
async function progressed(events: readonly SessionEvent[], taskId: string): Promise<void> {
  await expect
    .poll(() => events.some(({ body }) => body.case === 'taskProgressed' && body.value.taskId === taskId), {
      timeout: 30_000,
    })
    .toBe(true);
}
