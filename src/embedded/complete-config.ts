import { pino } from 'pino';
import type { EngineRetention } from '../engine/engine.ts';
import { parseEncryptionKey } from '../keys/encryption-key.ts';
import { createKeyRing, masterHolder } from '../keys/key-ring.ts';
import { createSystemClock } from '../lib/clock.ts';
import { createSystemRandom } from '../lib/random.ts';
import { CONFIG_LIMITS, SERVER_LIMITS } from '../limits.ts';
import type { NodeOptions } from '../open-node.ts';
import { SERVER_VERSION } from '../version.ts';
import type { CommunicationBusConfig } from './communication-bus-config.ts';

/** A configuration without gaps. */
export interface CompleteConfig extends Omit<NodeOptions, 'encryptionKey' | 'failed'> {
  readonly encryption: { readonly enabled: false } | { readonly enabled: true; readonly key?: Uint8Array };
}

/** Fills in defaults and checks. Throws a TypeError or RangeError that names the field and the bound. */
export function completeConfig(config: CommunicationBusConfig): CompleteConfig {
  const { messageTimeout, encryptionEnabled = false, encryptionKey, persistenceEnabled = false } = config;
  if (typeof config.apiKey !== 'string' || config.apiKey === '') throw new TypeError('apiKey: a text is needed');
  return {
    engine: 'sqlite',
    dataDir: persistenceEnabled ? (config.dataDir ?? './.agentbus') : ':memory:',
    host: config.host ?? '127.0.0.1',
    port: whole('port', config.port ?? 8080, CONFIG_LIMITS.port),
    maxConnections: whole(
      'maxConnections',
      config.maxConnections ?? SERVER_LIMITS.defaultMaxConnections,
      CONFIG_LIMITS.maxConnections,
    ),
    heartbeatIntervalMs: whole(
      'heartbeatInterval',
      config.heartbeatInterval ?? CONFIG_LIMITS.heartbeatIntervalMs.default,
      CONFIG_LIMITS.heartbeatIntervalMs,
    ),
    ...(messageTimeout !== undefined && {
      messageTimeoutMs: whole('messageTimeout', messageTimeout, CONFIG_LIMITS.messageTimeoutMs),
    }),
    taskLeaseMs: whole('taskLease', config.taskLease ?? CONFIG_LIMITS.taskLeaseMs.default, CONFIG_LIMITS.taskLeaseMs),
    maxDeliveries: whole(
      'maxDeliveries',
      config.maxDeliveries ?? CONFIG_LIMITS.maxDeliveries.default,
      CONFIG_LIMITS.maxDeliveries,
    ),
    retention: completeRetention(config),
    encryption: encryptionEnabled
      ? { enabled: true, ...(encryptionKey !== undefined && { key: parseEncryptionKey(encryptionKey) }) }
      : { enabled: false },
    corsOrigins: [],
    keys: createKeyRing([masterHolder('embedder', config.apiKey)]),
    serverVersion: SERVER_VERSION,
    log: config.log ?? pino({ level: 'warn' }, pino.destination({ dest: 2, sync: false })),
    clock: createSystemClock(),
    random: createSystemRandom(),
  };
}

function completeRetention(config: CommunicationBusConfig): EngineRetention {
  const bounds = CONFIG_LIMITS.retention;
  const setting = (name: RetentionSetting, limits: { default: number; min: number; max: number }): number =>
    whole(name, config[name] ?? limits.default, limits);
  return {
    messageAgeMs: setting('messageRetention', bounds.messageAgeMs),
    maxMessageRecords: setting('maxMessageRecords', bounds.maxMessageRecords),
    deadLetterAgeMs: setting('deadLetterRetention', bounds.deadLetterAgeMs),
    maxDeadLetterBytes: setting('maxDeadLetterBytes', bounds.maxDeadLetterBytes),
    endedSessionAgeMs: setting('sessionRetention', bounds.endedSessionAgeMs),
    maxEndedSessionBytes: setting('maxEndedSessionBytes', bounds.maxEndedSessionBytes),
  };
}

type RetentionSetting = keyof Pick<
  CommunicationBusConfig,
  | 'messageRetention'
  | 'maxMessageRecords'
  | 'deadLetterRetention'
  | 'maxDeadLetterBytes'
  | 'sessionRetention'
  | 'maxEndedSessionBytes'
>;

function whole(field: string, value: number, { min, max }: { min: number; max: number }): number {
  if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${field}: ${value} is not a whole number from ${min} to ${max}`);
}
