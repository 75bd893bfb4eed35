/**
 * Runs every scenario with every client and prints what came of it as a table. With `--write` the table goes into
 * docs/clients.md as well, and with names (`python go`) only those clients run.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { buildClient } from '../test/clients/driver/build-client.ts';
import { type ClientCommands, readClients } from '../test/clients/driver/client-commands.ts';
import { runScenario } from '../test/clients/driver/run-scenario.ts';
import { readScenarios, type Scenario } from '../test/clients/driver/scenario.ts';
import { startScenarioBus } from '../test/clients/driver/scenario-bus.ts';
import { markdownTable } from './markdown-table.ts';
import { replaceSection } from './replace-section.ts';

const PAGE = 'docs/clients.md';

const { values, positionals } = parseArgs({ options: { write: { type: 'boolean' } }, allowPositionals: true });
const clients = readClients().filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const scenarios = readScenarios();
let failures = 0;

/** What the scenarios came to with one client, in their order. */
async function resultsOf(client: ClientCommands): Promise<string[]> {
  if (client.missing.length > 0) {
    console.error(`${client.language}: skipped, this machine has no ${client.missing.join(' and no ')}`);
    return scenarios.map(() => 'skipped');
  }
  await buildClient(client);
  const bus = await startScenarioBus({});
  const results: string[] = [];
  for (const scenario of scenarios) results.push(await resultOf(client, scenario, bus));
  await bus.end();
  console.error(`${client.language}: ${results.filter((result) => result === PASSED).length} of ${scenarios.length}`);
  return results;
}

const PASSED = 'passed';

async function resultOf(
  client: ClientCommands,
  scenario: Scenario,
  bus: Parameters<typeof runScenario>[2],
): Promise<string> {
  try {
    await runScenario(client, scenario, bus);
    return PASSED;
  } catch (thrown) {
    console.error(`${client.language}, ${scenario.name}: ${(thrown as Error).message}`);
    failures++;
    return 'failed';
  }
}

const columns: string[][] = [];
for (const client of clients) columns.push(await resultsOf(client));

const table = markdownTable(
  ['scenario', ...clients.map(({ language }) => language)],
  scenarios.map(({ name, goal }, index) => [
    `[\`${name}\`](../test/clients/scenarios/${name}.json): ${goal}`,
    ...columns.map((column) => column[index] ?? ''),
  ]),
);
console.log(table);
console.log(`${scenarios.length} scenarios, ${clients.length} clients, ${failures} failures; ${cpus().length} cores`);
if (values.write) writeFileSync(PAGE, replaceSection(readFileSync(PAGE, 'utf8'), 'results', table));
process.exitCode = failures === 0 ? 0 : 1;
