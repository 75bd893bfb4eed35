import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** A certificate for 127.0.0.1 with its key, and the authority that it is from. PEM. */
export interface TestCertificate {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * Makes an authority and a certificate of it (RFC 5280), which nobody has to keep in the repository. ECDSA with P-256, and two
 * certificates instead of a self-signed one, because that is what every language's TLS accepts.
 */
export function testCertificate(): TestCertificate {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const server = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ca = certificate({
    serial: 1,
    subject: 'Test authority',
    publicKey: authority.publicKey,
    signer: authority.privateKey,
    extensions: [
      extension('551d13', true, der(SEQUENCE, TRUE)),
      extension('551d0f', true, CERTIFICATE_SIGNING),
      extension('551d0e', false, der(OCTET_STRING, keyIdentifier(authority.publicKey))),
    ],
  });
  const address = der(SEQUENCE, der(IP_ADDRESS, Buffer.from([127, 0, 0, 1])));
  const cert = certificate({
    serial: 2,
    subject: 'Test bus',
    publicKey: server.publicKey,
    signer: authority.privateKey,
    extensions: [
      extension('551d11', false, address),
      extension('551d23', false, der(SEQUENCE, der(KEY_IDENTIFIER, keyIdentifier(authority.publicKey)))),
    ],
  });
  return { ca, cert, key: server.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

interface CertificateFacts {
  readonly serial: number;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

function certificate({ serial, subject, publicKey, signer, extensions }: CertificateFacts): string {
  const algorithm = der(SEQUENCE, oid('2a8648ce3d040302'));
  const day = (offset: number) =>
    Buffer.from(new Date(Date.now() + offset * 86_400_000).toISOString().replace(/[-:T]|\.\d+/g, ''));
  const content = der(
    SEQUENCE,
    der(VERSION, der(INTEGER, Buffer.from([2]))),
    der(INTEGER, Buffer.from([serial])),
    algorithm,
    commonName('Test authority'),
    der(SEQUENCE, der(GENERALIZED_TIME, day(-1)), der(GENERALIZED_TIME, day(1))),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(EXTENSIONS, der(SEQUENCE, ...extensions)),
  );
  const signature = der(BIT_STRING, Buffer.from([0]), sign('sha256', content, signer));
  return pem('CERTIFICATE', der(SEQUENCE, content, algorithm, signature));
}

const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const OBJECT_IDENTIFIER = 0x06;
const UTF8_STRING = 0x0c;
const GENERALIZED_TIME = 0x18;
const SEQUENCE = 0x30;
const SET = 0x31;
const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** `iPAddress` of a GeneralName. */
const IP_ADDRESS = 0x87;
/** `keyIdentifier` of an AuthorityKeyIdentifier. */
const KEY_IDENTIFIER = 0x80;
const TRUE = Buffer.from('0101ff', 'hex');
/** A BIT STRING of KeyUsage with `keyCertSign` alone. */
const CERTIFICATE_SIGNING = Buffer.from('03020204', 'hex');

/** Any digest of the key will do. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}

function oid(hex: string): Buffer {
  return der(OBJECT_IDENTIFIER, Buffer.from(hex, 'hex'));
}

function extension(id: string, isCritical: boolean, value: Buffer): Buffer {
  return der(SEQUENCE, oid(id), ...(isCritical ? [TRUE] : []), der(OCTET_STRING, value));
}

function commonName(name: string): Buffer {
  return der(SEQUENCE, der(SET, der(SEQUENCE, oid('550403'), der(UTF8_STRING, Buffer.from(name)))));
}

/** Distinguished encoding: the length in as few bytes as it takes. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function pem(label: string, bytes: Buffer): string {
  return `-----BEGIN ${label}-----\n${bytes.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END ${label}-----\n`;
}
