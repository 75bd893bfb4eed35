import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, test } from 'vitest';
import { ErrorInfoSchema } from '../../gen/ts/google/rpc/error_details_pb.js';
import { AgentbusError } from '../../src/client/errors.ts';

// Goal: whatever goes wrong in a call becomes one kind of error that programs can branch on.
const info = {
  desc: ErrorInfoSchema,
  value: { domain: 'agentbus', reason: 'INTERNAL', metadata: { log_id: '7f3a9c' } },
};

describe('an error becomes', () => {
  test.each([
    [
      'what the bus said',
      new ConnectError('a fault', Code.Internal, undefined, [info]),
      { code: 'INTERNAL', reason: 'INTERNAL', facts: { log_id: '7f3a9c' }, message: 'a fault' },
    ],
    [
      'a lost connection, if it was reset',
      new ConnectError('read ECONNRESET', Code.Aborted),
      { code: 'UNAVAILABLE', reason: undefined, facts: {} },
    ],
    [
      'a lost connection, if the stream was cut',
      new ConnectError('closed with error code CANCEL', Code.Canceled),
      { code: 'UNAVAILABLE' },
    ],
    [
      'a lost connection, if the status is missing',
      new ConnectError('missing status', Code.Internal),
      { code: 'UNAVAILABLE' },
    ],
    [
      'what it is, if nobody listens',
      new ConnectError('connect ECONNREFUSED', Code.Unavailable),
      { code: 'UNAVAILABLE' },
    ],
    [
      'what it is, if the deadline passed',
      new ConnectError('the operation timed out', Code.DeadlineExceeded),
      { code: 'DEADLINE_EXCEEDED' },
    ],
    [
      'a cancellation, if the program aborted',
      new DOMException('This operation was aborted', 'AbortError'),
      { code: 'CANCELLED' },
    ],
    [
      'unknown, if it is a fault of the program',
      new TypeError('x is not a function'),
      { code: 'UNKNOWN', message: 'x is not a function' },
    ],
    ['unknown, if it is no error at all', 'nonsense', { code: 'UNKNOWN', message: 'nonsense' }],
  ])('%s', (_, thrown, expected) => {
    expect(AgentbusError.from(thrown)).toMatchObject({ name: 'AgentbusError', ...expected });
  });

  test('itself, if it is an AgentbusError', () => {
    const error = new AgentbusError({ code: 'NOT_FOUND', message: 'gone', reason: 'TASK_NOT_FOUND' });
    expect(AgentbusError.from(error)).toBe(error);
  });

  test('the error of a frame', () => {
    expect(AgentbusError.fromStatus({ code: Code.AlreadyExists, message: 'taken' })).toMatchObject({
      code: 'ALREADY_EXISTS',
      reason: undefined,
    });
    expect(AgentbusError.fromStatus({ code: 99, message: 'new' })).toMatchObject({ code: 'UNKNOWN' });
  });
});
