/**
 * Goal: what a program gets wrong is told to the program, and costs no stream.
 * Method: a real client on a transport in memory, a bus whose answers the test writes.
 */
import { expect, test } from 'vitest';
import { createAgent } from '../../src/client/agent/create-agent.ts';
import { note, sentBy, start, turn } from './connect-to-script.ts';
import { createScriptedBus } from './scripted-bus.ts';

test.each([
  ['no session', '', 0],
  ['a sequence that is none', 'sess_a', 1.5],
  ['a sequence before the first', 'sess_a', -1],
])('to follow %s is an error, and nothing that the stream dies of', async (_, sessionId, after) => {
  const { agent, stream, statuses } = await start();
  await expect(agent.watch(sessionId, { after }).next()).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  await turn();
  expect(sentBy(stream)).toEqual([]);
  expect(statuses.at(-1)).toMatchObject({ state: 'online' });
});

test.each([0, -1, 1.5, 10_001, Number.NaN])('to want %d messages at a time is refused at once', (maxInFlight) => {
  const { transport } = createScriptedBus();
  expect(() => createAgent({ agentId: 'opencode://backend', transport, maxInFlight })).toThrow(
    expect.objectContaining({ code: 'INVALID_ARGUMENT' }),
  );
});

test.each<[string, object]>([
  ['an integer that readers would round', { payload: { deep: [{ id: 2n ** 60n }] } }],
  ['a number that JSON does not have', { payload: { share: Number.NaN } }],
  ['a payload that is no object', { payload: 'hello' }],
  ['a time that is none', { timeoutMs: Number.NaN }],
  ['nobody to send to', { to: undefined }],
])('to send %s is refused, and nothing is sent', async (_, fields) => {
  const { agent, stream } = await start();
  await expect(agent.send({ ...note, ...fields })).rejects.toMatchObject({
    name: 'AgentbusError',
    code: 'INVALID_ARGUMENT',
  });
  await turn();
  expect(sentBy(stream)).toEqual([]);
});

test('what hears of the status may throw: the process hears of it, and the agent goes on', async () => {
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const uncaught: unknown[] = [];
  process.on('uncaughtException', (error) => void uncaught.push(error));
  try {
    const { agent, stream } = await start({
      onTask() {},
      onStatus({ state }) {
        throw new Error(state);
      },
    });
    expect(agent.status.state).toBe('online');
    const closed = agent.close();
    await stream.agentEnded;
    stream.end();
    await closed;
    await turn();
  } finally {
    process.removeAllListeners('uncaughtException');
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
  expect(uncaught).toMatchObject(['connecting', 'online', 'draining', 'closed'].map((message) => ({ message })));
});
