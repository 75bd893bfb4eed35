import { parseArgs } from 'node:util';
import { ConfigError } from '../config.ts';
import { addKey } from '../keys/add-key.ts';
import { createSystemRandom } from '../lib/random.ts';

/** `agentbus keys add`: makes a key, shows it once, and keeps its hash. */
export async function runKeys([verb, ...args]: readonly string[]): Promise<void> {
  const usage = new ConfigError('usage: agentbus keys add --name NAME --agent PATTERN --file FILE');
  if (verb !== 'add') throw usage;
  const options = {
    name: { type: 'string' },
    agent: { type: 'string', multiple: true },
    file: { type: 'string' },
  } as const;
  const { name, agent, file } = parseArgs({ args, options }).values;
  if (name === undefined || agent === undefined || file === undefined) throw usage;
  const key = await addKey({ file, name, agents: agent }, createSystemRandom());
  process.stdout.write(`${key}\n`);
  process.stderr.write(`This is the key of "${name}". It is shown once; ${file} keeps its hash.\n`);
}
