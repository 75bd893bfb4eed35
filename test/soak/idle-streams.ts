/**
 * What ten thousand agents cost that are there and have nothing to do: memory a stream, time for their heartbeats, whether mail
 * reaches them, and how long a stop takes.
 *
 *   node --conditions=agentbus-source test/soak/idle-streams.ts [--streams 10000] [--processes 2] [--seconds 30]
 *
 * Needs a limit of open files above the number of streams. Ends with 1 if mail does not arrive or the bus does not stop in good order.
 */
import { fork } from 'node:child_process';
import { cpus, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { callJson } from '../call-json.ts';
import { startBusProcess } from '../start-bus-process.ts';
import type { IdleClientsOptions, IdleNews } from './idle-clients.ts';
import { readCpuMs, readProcessMemory } from './load/process-memory.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '10000' },
    processes: { type: 'string', default: '2' },
    seconds: { type: 'string', default: '30' },
  },
});
const streams = Number(values.streams);
const processes = Number(values.processes);
const print = (line: string) => process.stdout.write(`${line}\n`);
const HEARTBEAT_MS = 15_000;
const MESSAGES = 200;

print(
  `${cpus().length} x ${cpus()[0]?.model}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB, Linux ${release()}, Node ${process.version}`,
);
const bus = await startBusProcess({ env: { AGENT_BUS_MAX_CONNECTIONS: String(streams + 1_000) } });
const pid = bus.child.pid ?? 0;
const before = readProcessMemory(pid).rss;
const deliveredTo = new Set<number>();
let drained = 0;
const startedAt = performance.now();
const children = await Promise.all(Array.from({ length: processes }, (_, index) => startClients(index)));
const openMs = performance.now() - startedAt;
const rss = readProcessMemory(pid).rss;
print(
  `${streams} streams open after ${(openMs / 1_000).toFixed(1)} s; memory ${(before / 1024 ** 2).toFixed(0)} -> ${(rss / 1024 ** 2).toFixed(0)} MiB, ${((rss - before) / streams / 1024).toFixed(1)} KiB a stream`,
);

const cpuBefore = readCpuMs(pid);
await new Promise((resolve) => setTimeout(resolve, Number(values.seconds) * 1_000));
const cpuShare = (readCpuMs(pid) - cpuBefore) / (Number(values.seconds) * 10);
print(
  `heartbeats both ways every ${HEARTBEAT_MS / 1_000} s: ${cpuShare.toFixed(1)} % of a core; memory then ${(readProcessMemory(pid).rss / 1024 ** 2).toFixed(0)} MiB`,
);

const sentAt = performance.now();
for (let number = 0; number < MESSAGES; number++) await sendTo(Math.floor((number * streams) / MESSAGES));
while (deliveredTo.size < MESSAGES && performance.now() - sentAt < 30_000)
  await new Promise((resolve) => setTimeout(resolve, 10));
print(
  `${deliveredTo.size} of ${MESSAGES} messages to agents all over them arrived, ${((performance.now() - sentAt) / MESSAGES).toFixed(1)} ms each`,
);

const stoppedAt = performance.now();
const exitCode = await bus.stop();
const stopMs = performance.now() - stoppedAt;
// What the clients heard is on its way here still.
while (drained < streams && performance.now() - stoppedAt < stopMs + 5_000)
  await new Promise((resolve) => setTimeout(resolve, 10));
print(`stopped with ${exitCode} in ${(stopMs / 1_000).toFixed(1)} s; ${drained} streams heard why`);
for (const child of children) child.disconnect();
process.exitCode = deliveredTo.size === MESSAGES && exitCode === 0 ? 0 : 1;

/** Resolves when all streams of one process are open. */
function startClients(index: number) {
  const from = Math.floor((index * streams) / processes);
  const count = Math.floor(((index + 1) * streams) / processes) - from;
  const { port } = new URL(bus.address);
  const options: IdleClientsOptions = {
    port: Number(port),
    apiKey: bus.apiKey,
    from,
    count,
    heartbeatMs: HEARTBEAT_MS,
  };
  const program = fileURLToPath(new URL('./idle-clients.ts', import.meta.url));
  const child = fork(program, [JSON.stringify(options)], { execArgv: ['--conditions=agentbus-source'] });
  let drainedHere = 0;
  return new Promise<typeof child>((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`clients ended with ${code}`)));
    child.on('message', (news: IdleNews) => {
      if (news.is === 'open') resolve(child);
      else if (news.is === 'delivered') deliveredTo.add(news.agent);
      else {
        drained += news.streams - drainedHere;
        drainedHere = news.streams;
      }
    });
  });
}

async function sendTo(agent: number): Promise<void> {
  const message = {
    message_id: `for-the-idle-${agent}`,
    sender: { agent_id: 'idle://sender' },
    recipient: { agent_id: `idle://${agent}` },
    message_type: 'MESSAGE_TYPE_NOTIFICATION',
  };
  const { address, apiKey } = bus;
  const { status, body } = await callJson({ address, apiKey, method: 'MessageService/SendMessage', body: { message } });
  if (status !== 200) throw new Error(`not sent: ${JSON.stringify(body)}`);
}
