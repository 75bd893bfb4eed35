import { bytesField, createFieldReader } from '../../bus/protobuf.ts';

/** Where AutoGen's host has its calls. */
export const OPEN_CHANNEL = '/agents.AgentRpc/OpenChannel';
export const REGISTER_AGENT = '/agents.AgentRpc/RegisterAgent';

/** A request from one agent to another, or the answer to it: all that a round needs of AutoGen's protocol. */
export interface AgentFrame {
  readonly isResponse: boolean;
  readonly requestId: string;
  readonly content: Buffer;
}

export interface AgentRequest {
  readonly requestId: string;
  readonly from: string;
  readonly to: string;
  readonly content: Buffer;
}

const REQUEST = 1;
const RESPONSE = 2;
const CONTENT_OF_PAYLOAD = 3;

/** `RegisterAgentTypeRequest`. */
export function encodeRegister(agentType: string): Buffer {
  return textField(1, agentType);
}

/** A `Message` with an `RpcRequest`. */
export function encodeRequest({ requestId, from, to, content }: AgentRequest): Buffer {
  return bytesField(
    REQUEST,
    Buffer.concat([
      textField(1, requestId),
      bytesField(2, agentId(from)),
      bytesField(3, agentId(to)),
      bytesField(5, payload(content)),
    ]),
  );
}

/** A `Message` with an `RpcResponse`. */
export function encodeResponse(requestId: string): Buffer {
  return bytesField(RESPONSE, Buffer.concat([textField(1, requestId), bytesField(2, payload(Buffer.from('{}')))]));
}

/** Reads a `Message`. Throws at one that is neither, and at a response that is an error. */
export function decodeFrame(bytes: Buffer): AgentFrame {
  const message = createFieldReader();
  message.over(bytes, 0, bytes.length);
  if (!message.next() || (message.field !== REQUEST && message.field !== RESPONSE))
    throw new Error('the host sent neither a request nor a response');
  const isResponse = message.field === RESPONSE;
  const frame = { isResponse, requestId: '', content: Buffer.alloc(0) as Buffer };
  const body = createFieldReader();
  body.over(bytes, message.start, message.end);
  while (body.next()) {
    if (body.field === 1) frame.requestId = bytes.toString('utf8', body.start, body.end);
    else if (isResponse && body.field === 3)
      throw new Error(`refused: ${bytes.toString('utf8', body.start, body.end)}`);
    else if (body.field === (isResponse ? 2 : 5)) frame.content = contentOf(bytes, body.start, body.end);
  }
  return frame;
}

function contentOf(bytes: Buffer, start: number, end: number): Buffer {
  const fields = createFieldReader();
  fields.over(bytes, start, end);
  while (fields.next()) if (fields.field === CONTENT_OF_PAYLOAD) return bytes.subarray(fields.start, fields.end);
  return Buffer.alloc(0);
}

function agentId(type: string): Buffer {
  return Buffer.concat([textField(1, type), textField(2, 'default')]);
}

function payload(content: Buffer): Buffer {
  return Buffer.concat([
    textField(1, 'message'),
    textField(2, 'application/json'),
    bytesField(CONTENT_OF_PAYLOAD, content),
  ]);
}

function textField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}
