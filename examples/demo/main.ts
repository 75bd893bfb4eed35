/**
 * `npm run demo`: a bus and four agents, each a process of its own, build a feature together, and the
 * terminal shows their session as it happens: one of them is lost at work, and another one takes its place. Nothing stays
 * behind, however it ends.
 */

import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { AggregationMethod, connectOrchestrator } from '@vibes/agent-communication-bus';
import { createChildren } from './children.ts';
import { ORCHESTRATOR } from './feature.ts';
import { createPaint } from './paint.ts';
import { startBus } from './start-bus.ts';
import { createTimeline } from './timeline.ts';

/** The demo takes two or three seconds; a machine under load gets this long. */
const TIME_BOUND_MS = 30_000;

const paint = createPaint(process.stdout.isTTY && process.env.NO_COLOR === undefined);
const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-demo-'));
const children = createChildren();
const ending = new AbortController();
try {
  await Promise.race([demo(), children.failure, interruption(), timeBound()]);
} catch (error) {
  console.error(`demo: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  ending.abort();
  await children.stop();
  await rm(dataDir, { recursive: true, force: true });
}
// A call that was on its way when the demo broke off may try again for a while; there is nobody left to answer it.
process.exit();

async function demo(): Promise<void> {
  const apiKey = randomBytes(24).toString('hex');
  const address = await startBus(children, { dataDir, apiKey });
  const env = { AGENT_BUS_URL: address, AGENT_BUS_API_KEY: apiKey };
  for (const name of ['backend', 'frontend', 'qa']) {
    children.start(name, new URL(`agents/${name}.ts`, import.meta.url), { env, mayEnd: name === 'frontend' });
  }
  const orchestrator = children.start('orchestrator', new URL('agents/orchestrator.ts', import.meta.url), {
    env,
    mayEnd: true,
  });
  console.log(paint.dim(`a bus at ${address}, four agents, one session`));
  const sessionId = await firstLine(orchestrator.stdout);
  await follow(sessionId, { address, apiKey });
}

/** Prints the session's events until it has ended, and then what came out of it. */
async function follow(sessionId: string, bus: { address: string; apiKey: string }): Promise<void> {
  const client = connectOrchestrator({ ...bus, agentId: ORCHESTRATOR });
  const session = client.openSession(sessionId);
  const lineOf = createTimeline(paint);
  for await (const event of session.events({ signal: ending.signal })) console.log(lineOf(event));
  const { completion } = await session.get();
  if (completion === undefined) throw new Error(`session ${sessionId} was not completed`);
  const { summaryMarkdown } = await session.aggregate({ method: AggregationMethod.CONSENSUS });
  client.close();
  console.log(`\n${summaryMarkdown}`);
}

async function firstLine(output: NodeJS.ReadableStream | null): Promise<string> {
  if (output !== null) for await (const line of createInterface({ input: output })) return line;
  throw new Error('the orchestrator ended before it opened a session');
}

/** Rejects when somebody wants the demo to end, or does not look any more. */
function interruption(): Promise<never> {
  return new Promise((_, reject) => {
    process.stdout.on('error', () => reject(new Error('nobody reads the output')));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => reject(new Error(`ended by ${signal}`)));
    }
  });
}

function timeBound(): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`not done after ${TIME_BOUND_MS / 1000} s`)), TIME_BOUND_MS).unref();
  });
}
