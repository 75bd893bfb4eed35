/**
 * The testee for TypeScript: does with the client what it reads from standard input, as test/clients/README.md says.
 *   node --conditions=agentbus-source conformance/main.ts
 */
import { createInterface } from 'node:readline';
import { createAgentCommands } from './agent-commands.ts';
import { bench } from './bench.ts';
import type { Command, Commands } from './command.ts';
import { createHolds } from './holds.ts';
import { errorOf, write } from './lines.ts';
import { createOrchestratorCommands } from './orchestrator-commands.ts';

const holds = createHolds();
const commands: Commands = {
  ...createAgentCommands(holds),
  ...createOrchestratorCommands(),
  release: ({ hold }) => holds.release(String(hold)),
  bench,
};

async function answer({ id, command, with: words = {} }: Command): Promise<void> {
  try {
    const run = commands[command];
    if (run === undefined) throw new Error(`there is no command ${command}`);
    write({ id, result: (await run(words)) ?? {} });
  } catch (thrown) {
    write({ id, error: errorOf(thrown) });
  }
}

write({ event: 'started' });
// Commands run side by side: none waits for the answer of the one before.
for await (const line of createInterface({ input: process.stdin })) void answer(JSON.parse(line));
// Agents that were not told to leave would keep the process alive.
process.exit(0);
