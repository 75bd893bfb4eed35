import { afterEach } from 'vitest';
import type { Welcome } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type { AgentConnection, AgentOptions } from '../../src/client/agent/agent-connection.ts';
import type { ConnectionStatus } from '../../src/client/agent/connection-status.ts';
import { createAgent } from '../../src/client/agent/create-agent.ts';
import { createFakeClock, type FakeClock } from '../fake-clock.ts';
import { createScriptedBus, WELCOME } from './scripted-bus.ts';

const started: { agent: AgentConnection; clock: FakeClock }[] = [];
afterEach(async () => {
  for (const { agent, clock } of started.splice(0)) {
    const closed = agent.close({ graceMs: 0 });
    clock.advance(0);
    await closed;
  }
});

/** An agent on a bus that welcomes nobody by itself. Waits are as long as they may be. */
export function connect(options: Partial<AgentOptions> = {}) {
  const bus = createScriptedBus({ case: 'heartbeat', value: {} });
  const clock = createFakeClock();
  const statuses: ConnectionStatus[] = [];
  const agent = createAgent({
    agentId: 'opencode://backend',
    transport: bus.transport,
    clock,
    random: { next: () => 1, bytes: (count) => new Uint8Array(count) },
    onStatus: (status) => void statuses.push(status),
    ...options,
  });
  started.push({ agent, clock });
  return { agent, bus, clock, statuses };
}

/** An agent that is welcomed, and its stream. */
export async function start(options: Partial<AgentOptions> = {}, value: Welcome = WELCOME) {
  const connected = connect(options);
  const stream = await connected.bus.nextStream();
  stream.say({ case: 'welcome', value });
  await turn();
  return { ...connected, stream };
}

/** Lets everything happen that waits for nothing but its turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The kinds of frames that came and that the test did not take. */
export const sentBy = (stream: { unread: readonly { case: string | undefined }[] }): unknown[] =>
  stream.unread.map((frame) => frame.case);

/** A message to send. */
export const note = { to: 'codex://frontend', type: MessageType.NOTIFICATION } as const;
