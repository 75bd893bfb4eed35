import {
  type Address,
  type MessageOptions,
  MessageType,
  type NewTask,
  type OutgoingMessage,
  Priority,
} from '@vibes/agent-communication-bus';
import { camelCase } from './camel-case.ts';
import { bytesOf } from './content.ts';

/** Words of a message that the client has under other names or in another form. */
interface MessageWords {
  readonly to: { readonly agent_id?: string } & Record<string, string>;
  readonly type?: keyof typeof MessageType;
  readonly priority?: keyof typeof Priority;
  readonly maxRetries?: number;
  readonly dataBase64?: string;
}

/** Makes the message that a line describes. */
export function messageOf(words: unknown): OutgoingMessage {
  const { type = 'NOTIFICATION' } = words as MessageWords;
  return { ...common(words), type: MessageType[type] } as OutgoingMessage;
}

/** Makes the task that a line describes. */
export function taskOf(words: unknown): NewTask {
  return common(words) as NewTask;
}

function common(words: unknown): MessageOptions & { readonly to: Address } {
  const { to, priority, maxRetries, dataBase64, ...rest } = camelCase<MessageWords>(words);
  return {
    ...rest,
    to: addressOf(to),
    ...(priority !== undefined && { priority: Priority[priority] }),
    ...(maxRetries !== undefined && { retry: { maxRetries } }),
    ...(dataBase64 !== undefined && { data: bytesOf(dataBase64) }),
  };
}

function addressOf(to: MessageWords['to']): Address {
  return to.agent_id ?? camelCase<Exclude<Address, string>>(to);
}
