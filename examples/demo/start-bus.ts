import { createInterface } from 'node:readline';
import type { Children } from './children.ts';

/** Starts a bus on a free port of this machine and resolves with its address once it listens. */
export async function startBus(children: Children, options: { dataDir: string; apiKey: string }): Promise<string> {
  const env = {
    AGENT_BUS_HOST: '127.0.0.1',
    AGENT_BUS_PORT: '0',
    AGENT_BUS_DATA_DIR: options.dataDir,
    AGENT_BUS_API_KEY: options.apiKey,
    AGENT_BUS_LOG_LEVEL: 'warn',
    // An agent that is lost would be waited for half a minute by default, in case it comes back.
    AGENT_BUS_TASK_LEASE: '500',
  };
  const { stdout } = children.start('bus', new URL('../../src/main.ts', import.meta.url), { env });
  if (stdout !== null) {
    for await (const line of createInterface({ input: stdout })) {
      const address = /listens on (\S+)/.exec(line)?.[1];
      if (address !== undefined) return address;
    }
  }
  throw new Error('the bus ended before it listened');
}
