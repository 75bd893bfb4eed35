import { type MessageTemplate, writeNumber } from '../numbered-message.ts';
import { bytesField, grpcMessage } from '../protobuf.ts';

export const SEND_PATH = '/agentbus.v1.MessageService/SendMessage';

/** Returns a function that makes the request of SendMessage for the message with a number. */
export function createSendRequests(template: MessageTemplate): (message: number) => Buffer {
  const model = grpcMessage(bytesField(1, template.bytes));
  const before = model.length - template.bytes.length;
  return (message) => {
    const request = Buffer.from(model);
    for (const at of template.digitsAt) writeNumber(request, before + at, message);
    return request;
  };
}
