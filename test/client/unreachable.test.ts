// Goal: an error says where the bus was looked for if, and only if, the bus did not give it.
import { describe, expect, test } from 'vitest';
import { AgentbusError, type AgentbusErrorInit } from '../../src/client/errors.ts';
import { unreachable, withAddress } from '../../src/client/unreachable.ts';

const ADDRESS = 'http://127.0.0.1:9';

describe('an error', () => {
  test.each<[string, AgentbusErrorInit, string]>([
    [
      'of the way names the address',
      { code: 'UNAVAILABLE', message: 'connect ECONNREFUSED' },
      'cannot reach the bus at http://127.0.0.1:9: connect ECONNREFUSED',
    ],
    [
      'of a deadline names the address',
      { code: 'DEADLINE_EXCEEDED', message: 'the operation timed out' },
      'no answer from the bus at http://127.0.0.1:9: the operation timed out',
    ],
    [
      'of something else names the address',
      { code: 'UNIMPLEMENTED', message: 'HTTP 404' },
      'what answers at http://127.0.0.1:9 is no bus, or none that knows this call: HTTP 404',
    ],
    [
      'of the bus stays what it is',
      { code: 'UNAVAILABLE', reason: 'STORE_FAILED', message: 'the disk is full' },
      'the disk is full',
    ],
    [
      'of the program stays what it is',
      { code: 'CANCELLED', message: 'the call was cancelled' },
      'the call was cancelled',
    ],
  ])('%s', (_, init, message) => {
    const { code, reason } = init;
    expect(withAddress(new AgentbusError(init), ADDRESS)).toMatchObject({ code, reason, message });
  });

  test.each(['UNAVAILABLE', 'UNIMPLEMENTED'] as const)('keeps the cause of what it takes the place of: %s', (code) => {
    const cause = new Error('socket hang up');
    expect(withAddress(new AgentbusError({ code, message: 'reset', cause }), ADDRESS).cause).toBe(cause);
  });

  test('names no address that nobody knows', () => {
    expect(unreachable(undefined, undefined).message).toBe('cannot reach the bus: nothing answers');
  });
});
