import type { DescField } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { entryRulesOf, rulesOf, stated } from './field-rules.ts';
import { reference } from './references.ts';

/** What is in each run before its first call. */
export const STEPS = ['s1', 's2', 's3'];
export const ROLES = ['builder', 'tester'];
export const CAPABILITIES = ['code', 'test'];
export const FRAMEWORK = 'fuzz';

const messageId = fc.nat(24).map((n) => `m${n}`);
const taskId = fc.oneof({ weight: 3, arbitrary: reference('task', 6) }, { weight: 1, arbitrary: messageId });
const agent = fc.oneof(
  { weight: 12, arbitrary: reference('agent', 4) },
  { weight: 1, arbitrary: fc.constantFrom('fuzz://nobody', 'fuzz://a/b@c') },
);
const orNone = (arbitrary: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant('') }, { weight: 3, arbitrary });
const someOf = (words: readonly string[]) => fc.constantFrom(...words);

/** Ids that mean something together: without them nearly every call would end at "there is no such". */
const BY_NAME: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  session_id: fc.oneof(
    { weight: 12, arbitrary: reference('session', 3) },
    { weight: 1, arbitrary: fc.constant('no-such-session') },
  ),
  message_id: messageId,
  task_id: taskId,
  parent_task_id: orNone(taskId),
  correlation_id: orNone(taskId),
  delivery_ids: reference('delivery', 8),
  dead_letter_ids: reference('dead_letter', 4),
  page_token: orNone(reference('token', 4)),
  instance_id: fc.constantFrom('i1', 'i2'),
  name: someOf(STEPS),
  step: orNone(someOf(STEPS)),
  steps: someOf(STEPS),
  current_step: orNone(someOf(STEPS)),
  completed_steps: someOf(STEPS),
  pending_steps: someOf(STEPS),
  role: someOf(ROLES),
  role_order: someOf(ROLES),
  capability: someOf(CAPABILITIES),
  capabilities: someOf(CAPABILITIES),
  max_in_flight: fc.nat(8),
  protocol_version: fc.nat(1),
  after_sequence: fc.nat(6).map(BigInt),
  expected_revision: fc.nat(3).map(BigInt),
  page_size: fc.nat(3),
  max_messages: fc.nat(8),
  service: fc.constantFrom('', 'agentbus.v1.MessageService', 'no.Such'),
  file_by_filename: fc.constantFrom('agentbus/v1/envelope.proto', 'google/rpc/error_details.proto', 'no.proto'),
  file_containing_symbol: fc.constantFrom('agentbus.v1.Envelope', 'agentbus.v1.MessageService', 'no.Such'),
  all_extension_numbers_of_type: fc.constantFrom('google.protobuf.FieldOptions', 'no.Such'),
};

/** What usually stands in such a field; undefined where only its rules say. For lists, one entry. */
export function knownField(field: DescField): fc.Arbitrary<unknown> | undefined {
  if (field.fieldKind === 'message' || field.message !== undefined) return undefined;
  const rules = field.fieldKind === 'list' ? entryRulesOf(field) : rulesOf(field);
  const pattern = rules?.type.case === 'string' ? stated(rules.type.value, 'pattern') : undefined;
  if (pattern?.includes('://')) return pattern.startsWith('^(') ? orNone(agent) : agent;
  if (field.name === 'framework') return fc.constantFrom(...(isOfOneAgent(field) ? ['', FRAMEWORK] : ['']));
  return Object.hasOwn(BY_NAME, field.name) ? BY_NAME[field.name] : undefined;
}

/** A framework has to be that of the agent, and there may be no agent where that is one choice of several. */
function isOfOneAgent(field: DescField): boolean {
  return field.parent.fields.some(({ name, oneof }) => name === 'agent_id' && oneof === undefined);
}
