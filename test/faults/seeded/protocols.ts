import { BSON } from 'mongodb';
import type { Protocol, Request } from './tap.js';

const kafkaApis: Record<number, string> = { 0: 'Produce', 1: 'Fetch', 8: 'OffsetCommit', 11: 'JoinGroup' };

/**
 * Kafka's requests, by name. A broker tells its own address in its answers; it is replaced by the tap's port, so that
 * every connection goes through the tap.
 */
export function kafkaProtocol(broker: { host: string; port: number }): (tapPort: number) => Protocol {
  const address = (port: number): Buffer => {
    const bytes = Buffer.alloc(2 + broker.host.length + 4);
    bytes.writeInt16BE(broker.host.length);
    bytes.write(broker.host, 2);
    bytes.writeInt32BE(port, 2 + broker.host.length);
    return bytes;
  };
  return (tapPort) => ({
    lengthOf: (bytes) => (bytes.length < 4 ? undefined : 4 + bytes.readInt32BE(0)),
    read: (bytes) => ({
      what: kafkaApis[bytes.readInt16BE(4)] ?? 'other',
      text: bytes.toString('latin1'),
      bytes,
    }),
    answer: (bytes) => {
      for (
        let at = bytes.indexOf(address(broker.port));
        at >= 0;
        at = bytes.indexOf(address(broker.port), at + 1)
      )
        address(tapPort).copy(bytes, at);
      return bytes;
    },
  });
}

const opMsg = 2013;

/** MongoDB's commands: `update hot`, `find names`. */
export const mongoProtocol: Protocol = {
  lengthOf: (bytes) => (bytes.length < 4 ? undefined : bytes.readInt32LE(0)),
  read(bytes): Request {
    const text = bytes.toString('latin1');
    if (bytes.readInt32LE(12) !== opMsg) return { what: 'other', text, bytes };
    const [[name, collection] = []] = Object.entries(commandOf({ what: '', text, bytes }));
    return { what: `${name} ${String(collection)}`, text, bytes };
  },
};

/** The command of a MongoDB request without its list of documents: `{ update: 'hot', writeConcern: … }`. */
export function commandOf({ bytes }: Request): BSON.Document {
  // 16 bytes of header, 4 of flags, then sections: the one of kind 0 is the command itself.
  let at = 20;
  while (bytes[at] !== 0) at += 1 + bytes.readInt32LE(at + 1);
  return BSON.deserialize(bytes.subarray(at + 1, at + 1 + bytes.readInt32LE(at + 1)));
}
