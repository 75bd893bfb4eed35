/**
 * How many messages a second each client sends and handles, and how long a lone message takes from `send` to its handler. All
 * clients use the same bus in one run, in turns, so that what else the machine does meets all of them; what counts are the
 * ratios. Sender and receiver are two agents in one process of that language, each on a connection of its own; every message is
 * on disk before it is delivered. The bus, which all clients share, is often what limits: a ratio of 1 means as fast as
 * it allows.
 *
 *   node bench/clients.ts [--rounds 5] [--messages 4000] [--lone 500] [--bytes 256] [--window 256] [--write] [names]
 *
 * `--write` puts the table into docs/clients.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { markdownTable } from '../scripts/markdown-table.ts';
import { replaceSection } from '../scripts/replace-section.ts';
import { buildClient } from '../test/clients/driver/build-client.ts';
import { type ClientCommands, readClients } from '../test/clients/driver/client-commands.ts';
import { type ScenarioBus, startScenarioBus } from '../test/clients/driver/scenario-bus.ts';
import { startTestee } from '../test/clients/driver/testee.ts';

const PAGE = 'docs/clients.md';
/** Messages of a first burst whose figures nobody wants: just-in-time compilers, connections. */
const WARM_UP = 5_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '4000' },
    lone: { type: 'string', default: '500' },
    bytes: { type: 'string', default: '256' },
    window: { type: 'string', default: '256' },
    write: { type: 'boolean' },
  },
});

interface Round {
  readonly perSecond: number;
  readonly p50Us: number;
  readonly p99Us: number;
}

let runs = 0;

async function runRound(client: ClientCommands, { address, apiKey }: ScenarioBus): Promise<Round> {
  const testee = await startTestee(client);
  const bytes = Number(values.bytes);

  async function burst(messages: number, window: number): Promise<{ elapsedMs: number; latenciesUs: number[] }> {
    // New agents, so that no round begins with what another left in a mailbox.
    const run = `${process.pid}-${++runs}`;
    const agents = { from: `${client.name}://from-${run}`, to: `${client.name}://to-${run}` };
    const outcome = await testee.call('bench', { address, api_key: apiKey, ...agents, messages, bytes, window });
    if ('error' in outcome) throw new Error(`${client.language}: ${outcome.error.message}`);
    const { elapsed_ms, latencies_us } = outcome.result as { elapsed_ms: number; latencies_us: number[] };
    if (latencies_us.length !== messages)
      throw new Error(`${client.language}: ${latencies_us.length} of ${messages} messages were handled`);
    return { elapsedMs: elapsed_ms, latenciesUs: latencies_us.toSorted((a, b) => a - b) };
  }

  await burst(WARM_UP, Number(values.window));
  const messages = Number(values.messages);
  const { elapsedMs } = await burst(messages, Number(values.window));
  const { latenciesUs } = await burst(Number(values.lone), 1);
  await testee.end();
  return {
    perSecond: messages / (elapsedMs / 1_000),
    p50Us: quantile(latenciesUs, 0.5),
    p99Us: quantile(latenciesUs, 0.99),
  };
}

function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(Math.floor(sorted.length * part), sorted.length - 1)] ?? Number.NaN;
}

function median(numbers: readonly number[]): number {
  return quantile(
    numbers.toSorted((a, b) => a - b),
    0.5,
  );
}

const wanted = readClients().filter(({ name }) => positionals.length === 0 || positionals.includes(name));
const clients = wanted.filter(({ language, missing }) => {
  if (missing.length > 0) console.error(`${language}: skipped, this machine has no ${missing.join(' and no ')}`);
  return missing.length === 0;
});
for (const client of clients) await buildClient(client);

const bus = await startScenarioBus({});
const rounds = new Map(clients.map(({ name }) => [name, [] as Round[]]));
for (let round = 0; round < Number(values.rounds); round++) {
  // Each round begins with another client, so that none always follows the same one.
  const turn = clients.map((_, index) => clients[(index + round) % clients.length]);
  for (const client of turn) {
    if (client === undefined) continue;
    const result = await runRound(client, bus);
    rounds.get(client.name)?.push(result);
    console.error(`round ${round + 1}, ${client.language}: ${Math.round(result.perSecond)}/s, p50 ${result.p50Us} us`);
  }
}
await bus.end();

const rows = clients.map(({ name, language }) => {
  const of = (pick: (round: Round) => number) => (rounds.get(name) ?? []).map(pick);
  return { language, perSecond: of((r) => r.perSecond), p50: of((r) => r.p50Us), p99: of((r) => r.p99Us) };
});
const base = rows[0];
if (base === undefined) throw new Error('there is no client to run');

/** The median of the ratios within each round, to the first client of the table. */
function ratio(numbers: readonly number[], to: readonly number[]): string {
  return median(numbers.map((number, round) => number / (to[round] ?? Number.NaN))).toFixed(2);
}

const table = markdownTable(
  [
    'client',
    'messages/s, median (least – most)',
    `ratio to ${base.language}`,
    'lone message p50',
    `ratio to ${base.language}`,
    'p99',
  ],
  rows.map(({ language, perSecond, p50, p99 }) => [
    language,
    `${thousands(median(perSecond))} (${thousands(Math.min(...perSecond))} – ${thousands(Math.max(...perSecond))})`,
    ratio(perSecond, base.perSecond),
    `${milliseconds(median(p50))} ms`,
    ratio(p50, base.p50),
    `${milliseconds(median(p99))} ms`,
  ]),
);
const conditions =
  `${values.rounds} rounds in turn of ${values.messages} messages of ${values.bytes} B, at most ${values.window} of them not handled yet, and of ` +
  `${values.lone} lone messages; one bus, every message on disk before it is delivered; ${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}. ` +
  'Sender, receiver and bus share the machine.';
console.log(`${table}\n\n${conditions}`);
if (values.write) writeFileSync(PAGE, replaceSection(readFileSync(PAGE, 'utf8'), 'bench', `${table}\n\n${conditions}`));

function thousands(number: number): string {
  return Math.round(number).toLocaleString('en');
}

function milliseconds(micros: number): string {
  return (micros / 1_000).toFixed(2);
}
