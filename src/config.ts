import { parseArgs } from 'node:util';
import type { EngineRetention } from './engine/engine.ts';
import { parseEncryptionKey } from './keys/encryption-key.ts';
import { CONFIG_LIMITS } from './limits.ts';
import { parseTracingSettings, type TracingSettings } from './telemetry/tracing-settings.ts';

/** What a bus process runs with; complete and checked. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** `:memory:` for none. */
  readonly dataDir: string;
  readonly apiKey?: string;
  readonly keysFile?: string;
  readonly engine: string;
  readonly logLevel: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly corsOrigins: readonly string[];
  readonly heartbeatIntervalMs: number;
  readonly maxConnections: number;
  readonly messageTimeoutMs?: number;
  /** How long an agent may be gone before the tasks that it has in hand fail. */
  readonly taskLeaseMs: number;
  /** Deliveries of a message that may fail; the last of them makes it a dead letter. */
  readonly maxDeliveries: number;
  /** How long what has ended is kept. */
  readonly retention: EngineRetention;
  readonly encryptionKey?: Uint8Array;
  /** Absent: no traces. */
  readonly tracing?: TracingSettings;
}

/** A setting that cannot be used, in one sentence that names flag, value and bound. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface Setting {
  /** Without `--`; the variable is the same in capitals after `AGENT_BUS_`. */
  readonly flag: string;
  readonly value: string;
  readonly about: string;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Every setting, in the order of `--help`. */
export const SETTINGS: readonly Setting[] = [
  { flag: 'host', value: 'ADDRESS', about: 'address to listen on; default 127.0.0.1' },
  { flag: 'port', value: 'NUMBER', about: 'port to listen on, 0 for any free one; default 8080' },
  { flag: 'data-dir', value: 'DIRECTORY', about: 'where data is kept, :memory: for nowhere; default ./.agentbus' },
  { flag: 'api-key', value: 'KEY', about: 'a key that may speak as any agent; default: made at the first start' },
  { flag: 'keys-file', value: 'FILE', about: 'principals with the hashes of their keys and the agents they speak as' },
  { flag: 'engine', value: 'ENGINE', about: 'store: sqlite; default sqlite' },
  { flag: 'log-level', value: 'LEVEL', about: `one of ${LOG_LEVELS.join(', ')}; default info` },
  { flag: 'tls-cert', value: 'FILE', about: 'certificate chain in PEM; with it the port speaks TLS only' },
  { flag: 'tls-key', value: 'FILE', about: 'private key in PEM of the certificate' },
  { flag: 'cors-origins', value: 'LIST', about: 'origins whose pages may call, separated by commas; default none' },
  { flag: 'heartbeat-interval', value: 'MS', about: 'longest silence on a stream, either way; default 15000' },
  { flag: 'max-connections', value: 'NUMBER', about: 'most connections at once; default 10000' },
  {
    flag: 'message-timeout',
    value: 'MS',
    about: 'how long a message may wait that does not say itself; default forever',
  },
  { flag: 'task-lease', value: 'MS', about: 'how long an agent may be gone before its tasks fail; default 30000' },
  {
    flag: 'max-deliveries',
    value: 'NUMBER',
    about: 'deliveries that fail until a message is a dead letter; default 5',
  },
  { flag: 'message-retention', value: 'MS', about: 'how long a message is remembered; default 86400000, a day' },
  { flag: 'max-message-records', value: 'NUMBER', about: 'most messages that are remembered; default 50000000' },
  { flag: 'dead-letter-retention', value: 'MS', about: 'how long dead letters are kept; default 2592000000, 30 days' },
  { flag: 'max-dead-letter-bytes', value: 'BYTES', about: 'most bytes of dead letters; default 1073741824' },
  { flag: 'session-retention', value: 'MS', about: 'how long ended sessions are kept; default 2592000000, 30 days' },
  { flag: 'max-ended-session-bytes', value: 'BYTES', about: 'most bytes of ended sessions; default 4294967296' },
  { flag: 'encryption-key', value: 'BASE64', about: '32 bytes; what agents write is stored sealed with AES-256-GCM' },
];

/** The variable of a flag. */
export function variableOf(flag: string): string {
  return `AGENT_BUS_${flag.toUpperCase().replaceAll('-', '_')}`;
}

/** Reads flags, then environment, then defaults. Throws a {@link ConfigError}. */
export function parseConfig(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Config {
  const flags = parseFlags(args);
  const text = (flag: string): string | undefined => flags[flag] || env[variableOf(flag)] || undefined;
  const optional = <Value>(field: string, flag: string, parse: (text: string, flag: string) => Value) => {
    const given = text(flag);
    return given === undefined ? {} : { [field]: parse(given, flag) };
  };
  const tls = { ...optional('tlsCert', 'tls-cert', String), ...optional('tlsKey', 'tls-key', String) };
  if (Object.keys(tls).length === 1) throw new ConfigError('--tls-cert and --tls-key are needed together');
  const { port, maxConnections, heartbeatIntervalMs, messageTimeoutMs, taskLeaseMs, maxDeliveries } = CONFIG_LIMITS;
  const retention = (flag: string, field: keyof EngineRetention): number =>
    whole(text(flag), flag, CONFIG_LIMITS.retention[field]);
  const tracing = parseTracingSettings(env);
  return {
    host: text('host') ?? '127.0.0.1',
    port: whole(text('port'), 'port', port),
    dataDir: text('data-dir') ?? './.agentbus',
    engine: text('engine') ?? 'sqlite',
    logLevel: oneOf(text('log-level') ?? 'info', 'log-level', LOG_LEVELS),
    corsOrigins: text('cors-origins')?.split(',').map(parseOrigin) ?? [],
    heartbeatIntervalMs: whole(text('heartbeat-interval'), 'heartbeat-interval', heartbeatIntervalMs),
    maxConnections: whole(text('max-connections'), 'max-connections', maxConnections),
    taskLeaseMs: whole(text('task-lease'), 'task-lease', taskLeaseMs),
    maxDeliveries: whole(text('max-deliveries'), 'max-deliveries', maxDeliveries),
    retention: {
      messageAgeMs: retention('message-retention', 'messageAgeMs'),
      maxMessageRecords: retention('max-message-records', 'maxMessageRecords'),
      deadLetterAgeMs: retention('dead-letter-retention', 'deadLetterAgeMs'),
      maxDeadLetterBytes: retention('max-dead-letter-bytes', 'maxDeadLetterBytes'),
      endedSessionAgeMs: retention('session-retention', 'endedSessionAgeMs'),
      maxEndedSessionBytes: retention('max-ended-session-bytes', 'maxEndedSessionBytes'),
    },
    ...tls,
    ...optional('apiKey', 'api-key', String),
    ...optional('keysFile', 'keys-file', String),
    ...optional('messageTimeoutMs', 'message-timeout', (given, flag) => whole(given, flag, messageTimeoutMs)),
    ...optional('encryptionKey', 'encryption-key', parseKey),
    ...(tracing && { tracing }),
  };
}

/** The text of `--help`. */
export function helpText(): string {
  const left = SETTINGS.map(({ flag, value }) => `  --${flag} ${value}`);
  const width = Math.max(...left.map((text) => text.length)) + 2;
  const lines = SETTINGS.map(({ about }, index) => `${(left[index] ?? '').padEnd(width)}${about}`);
  return [
    'agentbus: a message bus that AI agents meet on',
    '',
    'Usage: agentbus [settings]',
    '       agentbus keys add --name NAME --agent PATTERN [--agent PATTERN ...] --file FILE',
    '       agentbus backup FILE [--data-dir DIRECTORY]',
    '       agentbus restore FILE --data-dir DIRECTORY',
    '       agentbus check [FILE | --data-dir DIRECTORY]',
    '',
    ...lines,
    `${'  --help'.padEnd(width)}this text`,
    `${'  --version'.padEnd(width)}the version`,
    '',
    'Every setting is also an environment variable: --data-dir is AGENT_BUS_DATA_DIR.',
    'Traces go to the OpenTelemetry collector that OTEL_EXPORTER_OTLP_ENDPOINT names, if it is set.',
    '',
  ].join('\n');
}

function parseFlags(args: readonly string[]): Record<string, string | undefined> {
  const options = Object.fromEntries(SETTINGS.map(({ flag }) => [flag, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...args], options, allowPositionals: false }).values as Record<
      string,
      string | undefined
    >;
  } catch (error) {
    throw new ConfigError(`${(error as Error).message.split('. ')[0]}; see --help`);
  }
}

function whole(text: string | undefined, flag: string, bounds: { default?: number; min: number; max: number }): number {
  if (text === undefined && bounds.default !== undefined) return bounds.default;
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= bounds.min && value <= bounds.max) return value;
  throw new ConfigError(`--${flag}: "${text}" is not a whole number from ${bounds.min} to ${bounds.max}`);
}

function oneOf(text: string, flag: string, words: readonly string[]): string {
  if (words.includes(text)) return text;
  throw new ConfigError(`--${flag}: "${text}" is not one of ${words.join(', ')}`);
}

function parseOrigin(text: string): string {
  const origin = text.trim();
  if (origin === '*') return origin;
  if (URL.canParse(origin) && new URL(origin).origin === origin) return origin;
  throw new ConfigError(`--cors-origins: "${origin}" is not an origin such as https://app.example.com`);
}

/** The value is a secret, so that the error does not repeat it. */
function parseKey(text: string): Uint8Array {
  try {
    return parseEncryptionKey(text);
  } catch (error) {
    throw new ConfigError(`--encryption-key: ${(error as Error).message}`);
  }
}
