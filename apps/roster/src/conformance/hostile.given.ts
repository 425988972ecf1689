import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of a zip, and where its headers lie. */
export interface Entry {
  name: string;
  content: Buffer | string;
  deflate?: boolean;
  /** The unpacked size that the headers claim, in bytes. */
  claims?: number;
  encrypted?: boolean;
}

/** A zip as it is asked for, honest or not: no honest tool writes all of these. */
export function hostileZip(entries: readonly Entry[]): Buffer {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const { name, content, deflate, claims, encrypted } of entries) {
    const plain = Buffer.from(content);
    // What is encrypted begins with twelve bytes of the cipher's own.
    const packed = deflate
      ? deflateRawSync(plain)
      : encrypted
        ? Buffer.concat([Buffer.alloc(12), plain])
        : plain;
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(encrypted ? 1 : 0, 2);
    facts.writeUInt16LE(deflate ? 8 : 0, 4);
    facts.writeUInt32LE(crc32(plain), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(claims ?? plain.length, 18);
    facts.writeUInt16LE(Buffer.byteLength(name), 22);
    const offset = Buffer.alloc(4);
    offset.writeUInt32LE(at);
    const header = [Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), facts, Buffer.alloc(10), offset];
    central.push(Buffer.concat([...header, Buffer.from(name)]));
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), facts, Buffer.from(name), packed]);
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** The same bytes for the same seed, so that a failure can be seen again. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
}
