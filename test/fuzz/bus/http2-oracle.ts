import { createFrameReader, FLAG, FRAME, PREFACE, type ReceivedFrame } from '../../hostile/rig/http2-frames.ts';

/** Entries of HPACK's own table with which an answer begins; 500 is one of them, so that no header has to be decoded. */
const STATUS_500 = 0x80 | 14;
const INTERNAL_ERROR = 2;
const PING_PAYLOAD = Buffer.from('are you?');

/** The question at the end of a connection. */
export const QUESTION = Buffer.concat([Buffer.from('000008060000000000', 'hex'), PING_PAYLOAD]);

/** Whether the bus has to answer the question: all before it are whole frames behind the right preface, as one can count. */
export function asksTheBus(sent: Buffer): boolean {
  if (!isHttp2(sent)) return false;
  const last = framesOf(sent.subarray(PREFACE.length)).at(-1);
  return last?.type === FRAME.ping && last.stream === 0 && last.payload.equals(PING_PAYLOAD);
}

/** Whether the bus answered the question, or said goodbye. */
export function hasAnswered(heard: Buffer): boolean {
  return framesOf(heard).some(
    ({ type, flags, payload }) =>
      type === FRAME.goaway || (type === FRAME.ping && flags === FLAG.ack && payload.equals(PING_PAYLOAD)),
  );
}

/** What the bus said, by name. Throws if it is a fault of the bus, or an error without a reason. */
export function judgeHttp2(sent: Buffer, heard: Buffer): string[] {
  if (!isHttp2(sent)) return judgeHttp1(heard.toString('latin1'));
  const frames = framesOf(heard);
  if (frames[0] !== undefined && frames[0].type !== FRAME.settings) throw new Error('HTTP/2 without settings');
  requireReasons(frames);
  return frames.flatMap(judgeFrame);
}

function isHttp2(sent: Buffer): boolean {
  return sent.subarray(0, PREFACE.length).equals(PREFACE);
}

function framesOf(bytes: Buffer): ReceivedFrame[] {
  return createFrameReader()(bytes);
}

function judgeHttp1(heard: string): string[] {
  if (/^HTTP\/1\.1 50[02]/m.test(heard)) throw new Error(`a fault: ${heard.slice(0, 600)}`);
  return [...heard.matchAll(/^HTTP\/1\.1 \d{3}/gm)].map(([status]) => status);
}

function judgeFrame({ type, stream, payload }: ReceivedFrame): string[] {
  if (type === FRAME.headers && statusByte(payload) === STATUS_500) throw new Error(`status 500 on stream ${stream}`);
  if (type !== FRAME.goaway && type !== FRAME.reset) return type === FRAME.headers ? ['HEADERS'] : [];
  const code = payload.readUInt32BE(type === FRAME.goaway ? 4 : 0);
  const name = `${type === FRAME.goaway ? 'GOAWAY' : 'RST_STREAM'} ${code}`;
  // Node says goodbye with this code where nghttp2 gives a connection up, to endless headers for example.
  if (code === INTERNAL_ERROR && type === FRAME.reset) throw new Error(`${name} on stream ${stream}`);
  return [name];
}

/** The first byte behind new sizes of the table. */
function statusByte(block: Buffer): number | undefined {
  return block.find((byte) => (byte & 0xe0) !== 0x20);
}

/** Errors of Connect stand in the body as they are. */
function requireReasons(frames: readonly ReceivedFrame[]): void {
  const bodies = Map.groupBy(
    frames.filter(({ type }) => type === FRAME.data),
    ({ stream }) => stream,
  );
  for (const [stream, parts] of bodies) {
    const body = Buffer.concat(parts.map(({ payload }) => payload)).toString('utf8');
    const isWhole = parts.some(({ flags }) => (flags & FLAG.endStream) !== 0);
    if (!isWhole || !body.startsWith('{"code"')) continue;
    if (!body.includes('google.rpc.ErrorInfo') || /"code":"(?:internal|unknown)"/.test(body))
      throw new Error(`an error without a reason on stream ${stream}: ${body}`);
  }
}
