/**
 * Goal: docs/errors.md, error_reason.proto and the bus name the same reasons with the same statuses and facts.
 * Method: read the table and the comments of the contract, and ask `toConnectError` for each reason.
 */

import { readFileSync } from 'node:fs';
import { Code } from '@connectrpc/connect';
import { codeToHttpStatus } from '@connectrpc/connect/protocol-connect';
import { describe, expect, test } from 'vitest';
import { ErrorReason } from '../../gen/ts/agentbus/v1/error_reason_pb.js';
import { BusError, type Reason } from '../../src/bus/bus-error.ts';
import { toConnectError } from '../../src/rpc/errors.ts';
import { type DocumentedReason, documentedReasons } from './documented-reasons.ts';

const VALUE = /\/\/ (.+) Status (\w+)\.\n *\/\/\n *\/\/ Example: (.+)\n *ERROR_REASON_(\w+) = \d+;/g;

function promised(): Map<string, Omit<DocumentedReason, 'http'>> {
  const text = readFileSync(new URL('../../proto/agentbus/v1/error_reason.proto', import.meta.url), 'utf8');
  return new Map(
    Array.from(text.matchAll(VALUE), ([, when = '', status = '', example = '', reason = '']) => {
      const { reason: named, metadata } = JSON.parse(example) as { reason: string; metadata: Record<string, string> };
      expect(named).toBe(reason);
      return [reason, { status, when, facts: Object.keys(metadata) }];
    }),
  );
}

/** `NotFound` becomes `NOT_FOUND`, as the contract writes it. */
function statusName(code: Code): string {
  return (Code[code] ?? '').replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
}

const reasons = Object.keys(ErrorReason).filter((name) => Number.isNaN(Number(name)) && name !== 'UNSPECIFIED');

describe('docs/errors.md', () => {
  test('has one row a reason, in the order of the contract', () => {
    expect([...documentedReasons().keys()]).toEqual(reasons);
    expect([...promised().keys()]).toEqual(reasons);
  });

  test.each(reasons)('says of %s what the contract says', (reason) => {
    const { http: _, ...row } = documentedReasons().get(reason)!;
    expect(row).toEqual(promised().get(reason));
  });

  test.each(reasons)('says with which status %s arrives', (reason) => {
    const { code } = toConnectError(new BusError(reason as Reason, 'refused'));
    expect(documentedReasons().get(reason)).toMatchObject({ status: statusName(code), http: codeToHttpStatus(code) });
  });
});
