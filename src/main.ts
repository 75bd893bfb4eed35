#!/usr/bin/env node
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Logger, pino } from 'pino';
import { runBackup } from './commands/backup.ts';
import { runCheck } from './commands/check.ts';
import { runKeys } from './commands/keys.ts';
import { runRestore } from './commands/restore.ts';
import { type Config, ConfigError, helpText, parseConfig } from './config.ts';
import { EngineError } from './engine/engine.ts';
import { BackupError } from './engine/sqlite/backup/backup-error.ts';
import { KeysFileError } from './keys/keys-file.ts';
import { loadKeys } from './keys/load-keys.ts';
import { type Clock, createSystemClock } from './lib/clock.ts';
import { createSystemRandom } from './lib/random.ts';
import { countBuffersWithHeap } from './lib/v8-memory.ts';
import { openNode } from './open-node.ts';
import type { Tracing } from './telemetry/otlp-tracing.ts';
import { SERVER_VERSION } from './version.ts';
import { welcomeText } from './welcome-text.ts';

/** The operator's mistake: configuration, keys, address, data in use. */
const EXIT_REFUSED = 1;
/** The store failed while running (EX_SOFTWARE of sysexits.h); start again once the disk is mended. */
const EXIT_STORE_FAILED = 70;

const random = createSystemRandom();

/** What the program does beside being a bus, by its first argument. */
const COMMANDS = new Map<string, (args: readonly string[], env: NodeJS.ProcessEnv) => Promise<void>>([
  ['backup', runBackup],
  ['check', runCheck],
  ['keys', runKeys],
  ['restore', runRestore],
]);

async function run(args: readonly string[]): Promise<void> {
  if (args.includes('--help')) return void process.stdout.write(helpText());
  if (args.includes('--version')) return void process.stdout.write(`${SERVER_VERSION}\n`);
  const [name = '', ...rest] = args;
  const command = COMMANDS.get(name);
  if (command !== undefined) return await command(rest, process.env);
  await serve(parseConfig(args, process.env));
}

async function serve(config: Config): Promise<void> {
  countBuffersWithHeap();
  const { dataDir, apiKey, keysFile } = config;
  const log = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }));
  const { keys, made } = await loadKeys({
    dataDir,
    random,
    ...(apiKey !== undefined && { apiKey }),
    ...(keysFile !== undefined && { keysFile }),
  });
  const tls = await readTls(config);
  const clock = createSystemClock();
  const tracing = await startTracing(config, { clock, log });
  const node = await openNode({
    ...config,
    ...(tls && { tls }),
    keys,
    serverVersion: SERVER_VERSION,
    log,
    clock,
    random,
    ...(tracing && { tracer: tracing.tracer }),
    failed(error) {
      log.fatal({ err: error }, 'the store failed; the bus stops');
      process.exit(EXIT_STORE_FAILED);
    },
  });
  stopOnSignal(async (reason) => {
    await node.stop(reason);
    await tracing?.stop();
  });
  const { port } = await node.listen().catch(async (error: unknown) => {
    await node.stop('the address cannot be had');
    throw error;
  });
  await made?.keep();
  process.stdout.write(
    welcomeText({ ...config, port, dataDir: shownDir(dataDir), ...(made && { madeKey: made.key }) }),
  );
}

/** The first signal stops in good order, the second at once. */
function stopOnSignal(stop: (reason: string) => Promise<void>): void {
  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(EXIT_REFUSED);
      stopping = true;
      stop(signal).then(
        () => process.exit(0),
        (error: unknown) => fail(error),
      );
    });
  }
}

/** Loaded only when there is somebody to send traces to: it is larger than the rest of the bus. */
async function startTracing(
  { tracing }: Config,
  { clock, log }: { clock: Clock; log: Logger },
): Promise<Tracing | undefined> {
  if (tracing === undefined) return undefined;
  const { startOtlpTracing } = await import('./telemetry/otlp-tracing.ts');
  return startOtlpTracing(tracing, { clock, random, log, version: SERVER_VERSION });
}

async function readTls({ tlsCert, tlsKey }: Config): Promise<{ cert: string; key: string } | undefined> {
  if (tlsCert === undefined || tlsKey === undefined) return undefined;
  const read = (flag: string, path: string) =>
    readFile(path, 'utf8').catch((error: Error) => {
      throw new ConfigError(`--${flag}: ${error.message}`);
    });
  return { cert: await read('tls-cert', tlsCert), key: await read('tls-key', tlsKey) };
}

function shownDir(dataDir: string): string {
  return dataDir === ':memory:' ? dataDir : resolve(dataDir);
}

/** What an operator can mend is told in a line; anything else is a fault, with its stack. */
function fail(error: unknown): never {
  process.stderr.write(`agentbus: ${explain(error)}\n`);
  process.exit(EXIT_REFUSED);
}

function explain(error: unknown): string {
  if ([ConfigError, KeysFileError, EngineError, BackupError].some((kind) => error instanceof kind)) {
    return (error as Error).message;
  }
  const { code, address, port } = error as NodeJS.ErrnoException & { address?: string; port?: number };
  if (code === 'EADDRINUSE') return `port ${port} of ${address} is taken; choose another with --port`;
  if (code === 'EACCES' || code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return (error as Error).message;
  if (code?.startsWith('ERR_PARSE_ARGS')) return `${(error as Error).message}; see --help`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

run(process.argv.slice(2)).catch(fail);
