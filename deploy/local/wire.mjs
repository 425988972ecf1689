/**
 * Just enough of the two engines' wire protocols to ask "do you answer?" and to set up a replica set, so that
 * engines can be started before anything is installed from npm.
 */
import { connect } from 'node:net';

/**
 * Whether a Kafka broker answers an ApiVersions request (key 18, version 0).
 * @param {string} host
 * @param {number} port
 * @param {number} [timeoutMs]
 * @returns {Promise<boolean>}
 */
export async function kafkaAnswers(host, port, timeoutMs = 2_000) {
  // size 10 | api key 18 | version 0 | correlation id 1 | client id null
  const request = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);
  const reply = await exchange(host, port, request, (got) => got.length >= 8, timeoutMs).catch(
    () => undefined,
  );
  return reply !== undefined && reply.readInt32BE(4) === 1;
}

/**
 * Runs one command on MongoDB and gives its whole reply.
 * @param {string} host
 * @param {number} port
 * @param {Record<string, unknown>} command with `$db`
 * @param {number} [timeoutMs]
 * @returns {Promise<Record<string, unknown>>}
 */
export async function mongoCommand(host, port, command, timeoutMs = 2_000) {
  const body = encode(command);
  const head = Buffer.alloc(21);
  head.writeInt32LE(21 + body.length, 0);
  head.writeInt32LE(1, 4);
  head.writeInt32LE(2013, 12); // OP_MSG; flags and the section kind stay 0
  const whole = (/** @type {Buffer} */ got) => got.length >= 4 && got.length >= got.readInt32LE(0);
  const reply = await exchange(host, port, Buffer.concat([head, body]), whole, timeoutMs);
  return decode(reply.subarray(21));
}

/**
 * @param {string} host
 * @param {number} port
 * @param {Buffer} request
 * @param {(got: Buffer) => boolean} complete
 * @param {number} timeoutMs
 * @returns {Promise<Buffer>}
 */
function exchange(host, port, request, complete, timeoutMs) {
  return new Promise((resolve, reject) => {
    /** @type {Buffer} */
    let got = Buffer.alloc(0);
    const socket = connect({ host, port });
    const end = (/** @type {() => void} */ settle) => {
      clearTimeout(timer);
      socket.destroy();
      settle();
    };
    const timer = setTimeout(() => end(() => reject(new Error(`no answer from ${host}:${port}`))), timeoutMs);
    socket.on('connect', () => socket.write(request));
    socket.on('data', (chunk) => {
      got = Buffer.concat([got, chunk]);
      if (complete(got)) end(() => resolve(got));
    });
    socket.on('error', (error) => end(() => reject(error)));
    socket.on('close', () => end(() => reject(new Error(`${host}:${port} hung up`))));
  });
}

/** BSON of strings, booleans, 32-bit integers, lists and objects. @param {object} value @returns {Buffer} */
function encode(value) {
  const parts = Object.entries(value).map(([key, item]) => {
    const name = Buffer.from(`${key}\0`);
    if (typeof item === 'string') {
      const text = Buffer.from(`${item}\0`);
      return Buffer.concat([Buffer.from([0x02]), name, int32(text.length), text]);
    }
    if (typeof item === 'boolean')
      return Buffer.concat([Buffer.from([0x08]), name, Buffer.from([item ? 1 : 0])]);
    if (typeof item === 'number') return Buffer.concat([Buffer.from([0x10]), name, int32(item)]);
    return Buffer.concat([Buffer.from([Array.isArray(item) ? 0x04 : 0x03]), name, encode(item)]);
  });
  const content = Buffer.concat(parts);
  return Buffer.concat([int32(content.length + 5), content, Buffer.from([0])]);
}

/** @param {number} value */
function int32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}

/** Sizes of the BSON types whose content is skipped: object id, date, timestamp, 128-bit decimal. */
const FIXED = /** @type {Record<number, number>} */ ({ 0x07: 12, 0x09: 8, 0x11: 8, 0x13: 16, 0x0a: 0 });

/** @param {Buffer} bytes @returns {Record<string, unknown>} */
function decode(bytes) {
  /** @type {Record<string, unknown>} */
  const found = {};
  let at = 4;
  for (let type = bytes[at++]; type; type = bytes[at++]) {
    const nameEnd = bytes.indexOf(0, at);
    const name = bytes.toString('utf8', at, nameEnd);
    at = nameEnd + 1;
    const fixed = FIXED[type];
    if (type === 0x01) {
      found[name] = bytes.readDoubleLE(at);
      at += 8;
    } else if (type === 0x02) {
      found[name] = bytes.toString('utf8', at + 4, at + 3 + bytes.readInt32LE(at));
      at += 4 + bytes.readInt32LE(at);
    } else if (type === 0x03 || type === 0x04) {
      found[name] = decode(bytes.subarray(at));
      at += bytes.readInt32LE(at);
    } else if (type === 0x05) {
      at += 5 + bytes.readInt32LE(at);
    } else if (type === 0x08) {
      found[name] = bytes[at++] === 1;
    } else if (type === 0x10) {
      found[name] = bytes.readInt32LE(at);
      at += 4;
    } else if (type === 0x12) {
      found[name] = Number(bytes.readBigInt64LE(at));
      at += 8;
    } else if (fixed !== undefined) {
      at += fixed;
    } else {
      throw new Error(`BSON type ${type} is not read here`);
    }
  }
  return found;
}
