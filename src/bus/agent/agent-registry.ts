import { create, equals } from '@bufbuild/protobuf';
import { type AgentDescriptor, AgentDescriptorSchema } from '../../../gen/ts/agentbus/v1/agent_pb.js';
import type { AgentDirectory } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { createKeyedQueue } from '../../lib/keyed-queue.ts';
import { AGENT_LIMITS } from '../../limits.ts';
import { frameworkOf } from '../agent-id.ts';
import { BusError } from '../bus-error.ts';
import { type AgentRecord, decodeRecord, encodeRecord } from './agent-record.ts';
import { createCapabilityIndex } from './capability-index.ts';
import { createSortedIds } from './sorted-ids.ts';

/** The registered agents, in memory, each change written through. What is read here is durable. */
export interface AgentRegistry {
  find(agentId: string): AgentRecord | undefined;
  /** Throws AGENT_NOT_FOUND. */
  get(agentId: string): AgentRecord;
  /** Those with an id above `after`, ascending by id; all if there is no `after`. */
  above(after: string | undefined): Iterable<AgentRecord>;
  /** Those of them that have a capability; costs nothing for the others. */
  having(capability: string, after: string | undefined): Iterable<AgentRecord>;
  /** Adds or replaces; durable when it resolves. Rejects LIMIT_REACHED. */
  put(descriptor: AgentDescriptor): Promise<AgentRecord>;
  /** Durable when it resolves. Rejects AGENT_NOT_FOUND. */
  remove(agentId: string): Promise<void>;
}

/** Reads who is registered; the directory is not read again after that. */
export async function openAgentRegistry(directory: AgentDirectory, clock: Clock): Promise<AgentRegistry> {
  const records = await loadRecords(directory);
  const ids = createSortedIds(records.keys());
  const capabilities = createCapabilityIndex();
  for (const { descriptor } of records.values()) capabilities.add(descriptor);
  // Changes of one agent follow each other, so that memory and disk end up with the same one.
  const changes = createKeyedQueue();
  let arriving = 0;

  const get = (agentId: string): AgentRecord => {
    const record = records.get(agentId);
    if (record !== undefined) return record;
    throw new BusError('AGENT_NOT_FOUND', `${agentId} is not registered`, { agent_id: agentId });
  };
  const write = async (record: AgentRecord): Promise<AgentRecord> => {
    const { agentId } = record.descriptor;
    await directory.put({ agentId, descriptor: encodeRecord(record) });
    const before = records.get(agentId);
    if (before !== undefined) capabilities.remove(before.descriptor);
    records.set(agentId, record);
    ids.add(agentId);
    capabilities.add(record.descriptor);
    return record;
  };
  const add = async (descriptor: AgentDescriptor): Promise<AgentRecord> => {
    const limit = AGENT_LIMITS.maxAgents;
    if (records.size + arriving >= limit) {
      throw new BusError('LIMIT_REACHED', `there are ${limit} agents already`, { bound: 'registered agents', limit });
    }
    arriving++;
    try {
      return await write({ descriptor, registeredAt: clock.now() });
    } finally {
      arriving--;
    }
  };
  const change = async (known: AgentRecord, descriptor: AgentDescriptor): Promise<AgentRecord> => {
    // An agent that comes back says the same as before: after a restart of the bus, thousands do at once.
    if (equals(AgentDescriptorSchema, known.descriptor, descriptor)) return known;
    return write({ descriptor, registeredAt: known.registeredAt });
  };
  return {
    find: (agentId) => records.get(agentId),
    get,
    *above(after) {
      for (const agentId of ids.above(after)) yield get(agentId);
    },
    *having(capability, after) {
      for (const agentId of capabilities.above(capability, after)) yield get(agentId);
    },
    put(descriptor) {
      const complete = withFramework(descriptor);
      return changes.run(complete.agentId, () => {
        const known = records.get(complete.agentId);
        return known === undefined ? add(complete) : change(known, complete);
      });
    },
    remove: (agentId) =>
      changes.run(agentId, async () => {
        get(agentId);
        await directory.remove(agentId);
        capabilities.remove(get(agentId).descriptor);
        records.delete(agentId);
        ids.remove(agentId);
      }),
  };
}

async function loadRecords(directory: AgentDirectory): Promise<Map<string, AgentRecord>> {
  const records = new Map<string, AgentRecord>();
  const limit = AGENT_LIMITS.loadPageSize;
  let after: string | undefined;
  for (;;) {
    const page = await directory.list({ limit, ...(after !== undefined && { after }) });
    for (const { agentId, descriptor } of page) records.set(agentId, decodeRecord(descriptor));
    if (page.length < limit) return records;
    after = page.at(-1)?.agentId;
  }
}

function withFramework(descriptor: AgentDescriptor): AgentDescriptor {
  return create(AgentDescriptorSchema, { ...descriptor, framework: frameworkOf(descriptor.agentId) });
}
