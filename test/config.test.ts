import { describe, expect, it } from 'vitest';
import { ConfigError, helpText, parseConfig, SETTINGS, variableOf } from '../src/config.ts';
import { STORE_LIMITS } from '../src/limits.ts';

// Goal: a process runs with exactly what was configured, or says in one line what is wrong.
// Method: tables of flags and variables.

const KEY = Buffer.alloc(32, 7).toString('base64');

describe('parseConfig', () => {
  it('is complete without any setting', () => {
    expect(parseConfig([], {})).toEqual({
      host: '127.0.0.1',
      port: 8080,
      dataDir: './.agentbus',
      engine: 'sqlite',
      logLevel: 'info',
      corsOrigins: [],
      heartbeatIntervalMs: 15_000,
      taskLeaseMs: 30_000,
      maxDeliveries: 5,
      maxConnections: 10_000,
      retention: STORE_LIMITS.retention,
    });
  });

  it.each([
    ['host', '0.0.0.0', { host: '0.0.0.0' }],
    ['port', '0', { port: 0 }],
    ['data-dir', ':memory:', { dataDir: ':memory:' }],
    ['api-key', 'dev-key', { apiKey: 'dev-key' }],
    ['keys-file', 'keys.json', { keysFile: 'keys.json' }],
    ['engine', 'nats://host', { engine: 'nats://host' }],
    ['log-level', 'warn', { logLevel: 'warn' }],
    [
      'cors-origins',
      'https://a.example, http://localhost:3000',
      { corsOrigins: ['https://a.example', 'http://localhost:3000'] },
    ],
    ['cors-origins', '*', { corsOrigins: ['*'] }],
    ['heartbeat-interval', '30000', { heartbeatIntervalMs: 30_000 }],
    ['task-lease', '5000', { taskLeaseMs: 5_000 }],
    ['max-deliveries', '1', { maxDeliveries: 1 }],
    ['max-connections', '100', { maxConnections: 100 }],
    ['message-timeout', '300000', { messageTimeoutMs: 300_000 }],
    ['message-retention', '60000', { retention: { messageAgeMs: 60_000, deadLetterAgeMs: 2_592_000_000 } }],
    ['max-message-records', '1000000', { retention: { maxMessageRecords: 1_000_000 } }],
    ['dead-letter-retention', '3600000', { retention: { deadLetterAgeMs: 3_600_000 } }],
    ['max-dead-letter-bytes', '1048576000', { retention: { maxDeadLetterBytes: 1_048_576_000 } }],
    ['session-retention', '3600000', { retention: { endedSessionAgeMs: 3_600_000 } }],
    ['max-ended-session-bytes', '1048576000', { retention: { maxEndedSessionBytes: 1_048_576_000 } }],
    ['encryption-key', KEY, { encryptionKey: Buffer.alloc(32, 7) }],
  ])('takes --%s %s, and the variable of the same name', (flag, value, expected) => {
    expect(parseConfig([`--${flag}`, value], {})).toMatchObject(expected);
    expect(parseConfig([], { [variableOf(flag)]: value })).toMatchObject(expected);
  });

  it('lets a flag win over its variable, and takes an empty variable for none', () => {
    expect(parseConfig(['--port', '1'], { AGENT_BUS_PORT: '2' }).port).toBe(1);
    expect(parseConfig([], { AGENT_BUS_PORT: '', AGENT_BUS_API_KEY: '' })).toMatchObject({ port: 8080 });
  });

  it('takes certificate and key together', () => {
    expect(parseConfig(['--tls-cert', 'c', '--tls-key', 'k'], {})).toMatchObject({ tlsCert: 'c', tlsKey: 'k' });
  });

  it.each([
    [['--port', '65536'], '--port: "65536" is not a whole number from 0 to 65535'],
    [['--port', 'http'], '--port: "http" is not a whole number from 0 to 65535'],
    [['--port', '80.5'], '--port: "80.5" is not a whole number from 0 to 65535'],
    [['--port=-1'], '--port: "-1" is not a whole number from 0 to 65535'],
    [['--max-connections', '0'], '--max-connections: "0" is not a whole number from 1 to 1000000'],
    [['--heartbeat-interval', '5'], '--heartbeat-interval: "5" is not a whole number from 100 to 600000'],
    [['--message-timeout', '5'], '--message-timeout: "5" is not a whole number from 1000 to 31536000000'],
    [['--max-deliveries', '0'], '--max-deliveries: "0" is not a whole number from 1 to 1000'],
    [['--message-retention', '0'], '--message-retention: "0" is not a whole number from 60000 to 315360000000'],
    [['--max-message-records', '1'], '--max-message-records: "1" is not a whole number from 10000 to 10000000000'],
    [['--dead-letter-retention=-1'], '--dead-letter-retention: "-1" is not a whole number from 60000 to 315360000000'],
    [['--max-dead-letter-bytes', '1GB'], '--max-dead-letter-bytes: "1GB" is not a whole number from 4194304 to'],
    [['--session-retention', '1d'], '--session-retention: "1d" is not a whole number from 60000 to 315360000000'],
    [['--max-ended-session-bytes', '1'], '--max-ended-session-bytes: "1" is not a whole number from 4194304 to'],
    [['--log-level', 'loud'], '--log-level: "loud" is not one of trace, debug, info, warn, error, fatal, silent'],
    [['--cors-origins', 'a.example'], '--cors-origins: "a.example" is not an origin such as https://app.example.com'],
    [['--cors-origins', 'https://a.example/path'], '--cors-origins: "https://a.example/path" is not an origin'],
    [
      ['--encryption-key', 'c2hvcnQ='],
      '--encryption-key: an encryption key is 32 bytes in base64; this one has 5 bytes',
    ],
    [['--tls-cert', 'c'], '--tls-cert and --tls-key are needed together'],
    [['--prot', '1'], "Unknown option '--prot'; see --help"],
    [['serve'], "Unexpected argument 'serve'"],
    [['--port'], "Option '--port <value>' argument missing; see --help"],
  ])('refuses %j', (args, message) => {
    const act = () => parseConfig(args, {});
    expect(act).toThrow(ConfigError);
    expect(act).toThrow(message);
  });

  it('does not repeat a secret in its error', () => {
    expect(() => parseConfig(['--encryption-key', 'my-secret'], {})).not.toThrow(/my-secret/);
  });
});

it('explains every setting in --help', () => {
  const text = helpText();
  for (const { flag, about } of SETTINGS) expect(text).toMatch(new RegExp(`--${flag} .*${about.slice(0, 10)}`));
});
