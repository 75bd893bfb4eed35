import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate for 127.0.0.1 that nobody has to keep in the repository, with its key. PEM. */
export function selfSigned(): { cert: string; key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const algorithm = der(SEQUENCE, Buffer.from('06032b6570', 'hex'));
  const name = der(SEQUENCE);
  const day = (offset: number) =>
    Buffer.from(new Date(Date.now() + offset * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, ''));
  const validity = der(SEQUENCE, der(GENERALIZED_TIME, day(-1)), der(GENERALIZED_TIME, day(1)));
  const alternativeName = der(
    SEQUENCE,
    Buffer.from('0603551d11', 'hex'),
    der(OCTET_STRING, der(SEQUENCE, der(IP_ADDRESS, Buffer.from([127, 0, 0, 1])))),
  );
  const content = der(
    SEQUENCE,
    der(VERSION, Buffer.from('020102', 'hex')),
    der(INTEGER, Buffer.from([1])),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS, der(SEQUENCE, alternativeName)),
  );
  const signature = der(BIT_STRING, Buffer.from([0]), sign(null, content, privateKey));
  const cert = der(SEQUENCE, content, algorithm, signature);
  return { cert: pem('CERTIFICATE', cert), key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** `iPAddress` of a GeneralName. */
const IP_ADDRESS = 0x87;

function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

function pem(label: string, bytes: Buffer): string {
  return `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END ${label}-----\n`;
}
