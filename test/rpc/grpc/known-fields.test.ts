// Goal: a field, a rule or an enum value that is added to the envelope, or to the request to receive, is taught to what reads its
// head alone as well. Until then messages that have a new field are decoded, which is right but slow; a new rule would not be kept at all.
// Method: what that reader was written for, beside what the contract says. Whoever changes the contract changes
// src/rpc/grpc/incoming-from-bytes.ts and its parts, or request-from-bytes.ts, and then the lines here.
import { type DescField, type DescMessage, getOption, hasOption, toJson } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import {
  EnvelopeSchema,
  RecipientSchema,
  RetryPolicySchema,
  RoutingSchema,
  SenderSchema,
} from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { ReceiveMessagesRequestSchema } from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import {
  FieldRulesSchema,
  field as fieldRules,
  MessageRulesSchema,
  message as messageRules,
  oneof as oneofRules,
} from '../../../gen/ts/buf/validate/validate_pb.js';

const AGENT_ID = '^[a-z0-9][a-z0-9._-]*://[A-Za-z0-9][A-Za-z0-9._/@-]*$';
const FRAMEWORK_RULE = {
  id: '',
  message: 'framework must be the part of agent_id before ://',
  expression: "this.framework == '' || this.agent_id.startsWith(this.framework + '://')",
};

const KNOWN: readonly (readonly [DescMessage, Readonly<Record<string, unknown>>])[] = [
  [
    EnvelopeSchema,
    {
      '1 message_id': { string: { maxLen: '128', pattern: '^[!-~]+$' }, required: true },
      '2 sender': { required: true },
      '3 recipient': { required: true },
      '4 message_type 0..6': { enum: { definedOnly: true, notIn: [0] } },
      '5 priority 0..4': { enum: { definedOnly: true } },
      '6 correlation_id': { string: { maxLen: '136', pattern: '^[!-~]*$' } },
      '7 parent_task_id': { string: { maxLen: '136', pattern: '^[!-~]*$' } },
      '8 step': { string: { maxBytes: '128' } },
      '9 routing': {},
      '10 timestamp': {},
      '11 metadata': {
        map: {
          maxPairs: '64',
          keys: { string: { minLen: '1', maxBytes: '128' } },
          values: { string: { maxBytes: '4096' } },
        },
      },
      '12 content_type': { string: { maxBytes: '255' } },
      '14 payload': {},
      '15 data': {},
    },
  ],
  [
    SenderSchema,
    {
      '1 agent_id': { string: { maxLen: '255', pattern: AGENT_ID }, required: true },
      '2 framework': { string: { maxLen: '128' } },
      '3 session_id': { string: { maxLen: '128', pattern: '^([A-Za-z0-9][A-Za-z0-9._:/@-]*)?$' } },
      rules: { cel: [{ ...FRAMEWORK_RULE, id: 'sender.framework' }] },
    },
  ],
  [
    RecipientSchema,
    {
      '1 agent_id': { string: { minLen: '1', maxLen: '255', pattern: AGENT_ID } },
      '2 framework': { string: { maxLen: '128' } },
      '3 role': { string: { minLen: '1', maxBytes: '64' } },
      '4 capability': { string: { minLen: '1', maxBytes: '128' } },
      '5 all_participants': { bool: { const: true } },
      'required target': true,
      rules: { cel: [{ ...FRAMEWORK_RULE, id: 'recipient.framework' }] },
    },
  ],
  [
    RoutingSchema,
    {
      '1 timeout': { duration: { gt: '0s', lte: '604800s' } },
      '2 retry_policy': {},
      '3 fallback_agents': {
        repeated: { maxItems: '16', unique: true, items: { string: { maxLen: '255', pattern: AGENT_ID } } },
      },
      '4 delivery_mode 0..2': { enum: { definedOnly: true } },
      '5 expires_at': {},
      '6 receipts 0..6': {
        repeated: { maxItems: '6', unique: true, items: { enum: { definedOnly: true, notIn: [0] } } },
      },
      '7 reply_mode 0..2': { enum: { definedOnly: true } },
    },
  ],
  [
    RetryPolicySchema,
    {
      '1 max_retries': { uint32: { lte: 100 } },
      '2 backoff 0..3': { enum: { definedOnly: true } },
      '3 initial_delay': { duration: { gte: '0s', lte: '86400s' } },
      '4 max_delay': { duration: { gte: '0s', lte: '86400s' } },
    },
  ],
  [
    ReceiveMessagesRequestSchema,
    {
      '1 agent_id': { string: { maxLen: '255', pattern: AGENT_ID }, required: true },
      '2 instance_id': { string: { maxLen: '128', pattern: '^[!-~]*$' } },
      '3 max_messages': {},
      '4 wait': { duration: { gte: '0s', lte: '60s' } },
      '5 lease': { duration: { gte: '1s', lte: '3600s' } },
    },
  ],
];

it.each(KNOWN)('%s has what is known of it', (schema, known) => {
  expect(statedBy(schema)).toEqual(known);
});

function statedBy(schema: DescMessage): Record<string, unknown> {
  const required = schema.oneofs.filter((oneof) => hasOption(oneof, oneofRules));
  return {
    ...Object.fromEntries(schema.fields.map((field) => [titleOf(field), rulesOf(field)])),
    ...Object.fromEntries(required.map((oneof) => [`required ${oneof.name}`, getOption(oneof, oneofRules).required])),
    ...(hasOption(schema, messageRules) && { rules: toJson(MessageRulesSchema, getOption(schema, messageRules)) }),
  };
}

/** Number and name, and the numbers of an enum's values. */
function titleOf({ number, name, enum: values }: DescField): string {
  const numbers = values?.values.map((value) => value.number) ?? [];
  return `${number} ${name}${numbers.length === 0 ? '' : ` ${Math.min(...numbers)}..${Math.max(...numbers)}`}`;
}

function rulesOf(field: DescField): unknown {
  return hasOption(field, fieldRules) ? toJson(FieldRulesSchema, getOption(field, fieldRules)) : {};
}
