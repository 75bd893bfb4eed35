import { readFileSync } from 'node:fs';
import { create } from '@bufbuild/protobuf';
import { Code, ConnectError } from '@connectrpc/connect';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { ErrorReason, ErrorReasonSchema } from '../../gen/ts/agentbus/v1/error_reason_pb.js';
import { SendMessageRequestSchema } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { BadRequestSchema, ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { BusError, type Reason } from '../../src/bus/bus-error.ts';
import { EngineError } from '../../src/engine/engine.ts';
import { ERROR_LIMITS } from '../../src/limits.ts';
import { toConnectError, toErrorStatus } from '../../src/rpc/errors.ts';
import { FieldsInvalid } from '../../src/rpc/fields-invalid.ts';
import { validateMessage } from '../../src/rpc/validate.ts';

// Goal: every error leaves the bus with a status and a reason a program can act on.
// Method: convert one error of every kind, and read what a client would read.

const contract = readFileSync(new URL('../../proto/agentbus/v1/error_reason.proto', import.meta.url), 'utf8');
const silent = pino({ level: 'silent' });

function infoOf(error: ConnectError) {
  return error.findDetails(ErrorInfoSchema)[0];
}

describe('toConnectError', () => {
  const reasons = ErrorReasonSchema.values.filter((value) => value.number !== ErrorReason.UNSPECIFIED);

  it.each(reasons.map((value) => [value.localName as Reason, value]))(
    'gives %s the status that the contract promises',
    (reason, value) => {
      const promised = /Status ([A-Z_]+)\./.exec(commentOf(value.name))?.[1];
      const error = toConnectError(new BusError(reason, 'why', { limit: 3n, agent_id: 'codex://a' }));
      expect(statusName(error.code)).toBe(promised);
      expect(infoOf(error)).toMatchObject({
        reason,
        domain: 'agentbus',
        metadata: { limit: '3', agent_id: 'codex://a' },
      });
      expect(error.rawMessage).toBe('why');
    },
  );

  it.each([
    ['mailbox_full', 'MAILBOX_FULL', { limit: '5' }],
    ['sequence_conflict', 'SESSION_CONFLICT', { limit: '5' }],
    ['failed', 'STORE_FAILED', {}],
    ['closed', 'STORE_FAILED', {}],
  ] as const)('translates the engine error %s', (code, reason, metadata) => {
    const error = toConnectError(new EngineError(code, 'what happened', { facts: { limit: 5 } }));
    expect(infoOf(error)).toMatchObject({ reason, metadata });
  });

  it.each([
    [new ConnectError('parse', Code.InvalidArgument), 'MALFORMED_REQUEST', Code.InvalidArgument],
    [
      new ConnectError('message size 9 is larger than configured readMaxBytes 8', Code.ResourceExhausted),
      'MESSAGE_TOO_LARGE',
      Code.ResourceExhausted,
    ],
    [new ConnectError('x is not implemented', Code.Unimplemented), 'NOT_IMPLEMENTED', Code.Unimplemented],
    [new ConnectError('the operation timed out', Code.DeadlineExceeded), 'DEADLINE_EXCEEDED', Code.DeadlineExceeded],
    [new ConnectError('stopping', Code.Unavailable), 'DRAINING', Code.Unavailable],
    [new ConnectError('oops', Code.Internal), 'INTERNAL', Code.Internal],
    [new ConnectError('oops', Code.Unknown), 'INTERNAL', Code.Internal],
  ])('completes an error of the transport in place: %s', (transport, reason, code) => {
    expect(toConnectError(transport)).toBe(transport);
    expect(infoOf(transport)?.reason).toBe(reason);
    expect(transport.code).toBe(code);
  });

  it('takes a connection that broke under a call for no fault of the bus', () => {
    const broken = new ConnectError('http/2 stream closed with error code INTERNAL_ERROR (0x2)', Code.Internal);
    expect(infoOf(toConnectError(broken))).toBeUndefined();
  });

  it('tells an unknown error to nobody but the log, under the same id', () => {
    const lines: string[] = [];
    const log = pino({}, { write: (line) => void lines.push(line) });
    const status = toErrorStatus(new TypeError('secret of the inside'), log);
    expect(status).toMatchObject({ code: Code.Internal, info: { reason: 'INTERNAL' } });
    expect(status.message).not.toContain('secret');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      log_id: status.info?.metadata.log_id,
      err: { message: 'secret of the inside' },
    });
  });

  it('says CANCELED, without a reason, to a client that left', () => {
    const error = toConnectError(AbortSignal.abort().reason);
    expect(error.code).toBe(Code.Canceled);
    expect(error.details).toEqual([]);
  });

  it('stays within the header bounds of clients, however much is wrong', () => {
    const violations = Array.from({ length: 10_000 }, () => ({
      field: 'f'.repeat(5_000),
      description: 'd'.repeat(5_000),
    }));
    const error = toConnectError(new FieldsInvalid('m'.repeat(5_000), { field: 'f'.repeat(5_000) }, violations));
    expect(error.findDetails(BadRequestSchema)[0]?.fieldViolations).toHaveLength(ERROR_LIMITS.maxViolations);
    expect(JSON.stringify(error.details.map((detail) => detail.value)).length + error.rawMessage.length).toBeLessThan(
      8 * 1024,
    );
  });
});

describe('toErrorStatus', () => {
  it('carries the same facts as the status of a call', () => {
    const status = toErrorStatus(new BusError('MAILBOX_FULL', 'no room', { limit: 3 }), silent);
    expect(status).toMatchObject({
      code: Code.ResourceExhausted,
      message: 'no room',
      info: { reason: 'MAILBOX_FULL', metadata: { limit: '3' } },
    });
  });
});

describe('validateMessage', () => {
  const field = 'message.sender.agent_id';
  it.each([
    {
      name: 'a sender that is no agent id',
      change: { sender: { agentId: 'bogus' } },
      facts: { field, rule: 'string.pattern' },
      text: /agent_id: must be an agent id/,
    },
    {
      name: 'no sender',
      change: { sender: undefined },
      facts: { field: 'message.sender', rule: 'required' },
      text: /sender: value is required/,
    },
    {
      name: 'no recipient',
      change: { recipient: { target: { case: undefined } } },
      facts: { field: 'message.recipient.target' },
      text: /exactly one of agent_id, role/,
    },
    {
      name: 'no type',
      change: { messageType: 0 },
      facts: { field: 'message.message_type', rule: 'enum.not_in' },
      text: /must be one of MESSAGE_TYPE_TASK_REQUEST/,
    },
    {
      name: 'an id that is too long',
      change: { messageId: 'x'.repeat(129) },
      facts: { rule: 'string.max_len', bound: '128' },
      text: /at most 128 characters/,
    },
    {
      name: 'a timeout that is too long',
      change: { routing: { timeout: { seconds: 604_801n } } },
      facts: { field: 'message.routing.timeout', bound: '0s..604800s' },
      text: /604800s/,
    },
    {
      name: 'a list entry',
      change: { routing: { fallbackAgents: ['codex://a', 'b'] } },
      facts: { field: 'message.routing.fallback_agents[1]' },
      text: /must be an agent id/,
    },
    {
      name: 'a framework that contradicts',
      change: { sender: { agentId: 'codex://a', framework: 'b' } },
      facts: { field: 'message.sender', rule: 'sender.framework' },
      text: /part of agent_id/,
    },
  ])('names field, rule and bound of $name', ({ change, facts, text }) => {
    const message = create(SendMessageRequestSchema, {
      message: {
        messageId: 'm-1',
        sender: { agentId: 'codex://a' },
        recipient: { target: { case: 'agentId', value: 'codex://b' } },
        messageType: 6,
        ...change,
      },
    });
    const error = thrownBy(() => validateMessage(SendMessageRequestSchema, message));
    expect(error.facts).toMatchObject(facts);
    expect(error.message).toMatch(text);
    expect(error.violations[0]?.field).toBe(error.facts.field);
  });

  it('lists every broken rule', () => {
    const message = create(SendMessageRequestSchema, { message: { messageId: 'with space' } });
    const { violations, message: text } = thrownBy(() => validateMessage(SendMessageRequestSchema, message));
    expect(violations.map((violation) => violation.field)).toEqual([
      'message.message_id',
      'message.sender',
      'message.recipient',
      'message.message_type',
    ]);
    expect(text).toMatch(/\(and 3 more\)$/);
  });
});

function thrownBy(act: () => void): FieldsInvalid {
  try {
    act();
  } catch (error) {
    if (error instanceof FieldsInvalid) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

function statusName(code: Code): string {
  return (Code[code] ?? '').replace(/(?<=.)([A-Z])/g, '_$1').toUpperCase();
}

/** The comment above a value in the contract. */
function commentOf(name: string): string {
  const lines = contract.split('\n');
  const at = lines.findIndex((line) => line.trimStart().startsWith(`${name} =`));
  const start = lines.findLastIndex((line, index) => index < at && !line.trimStart().startsWith('//'));
  return lines.slice(start + 1, at).join('\n');
}
