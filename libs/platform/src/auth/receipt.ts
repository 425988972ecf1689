import { createHmac, hash } from 'node:crypto';
import { macKey } from '../config.js';
import type { District } from '../district.js';
import { trustedDistrict } from '../district.js';

/** Crockford's base 32: no I, L, O or U, so that a code read over the phone is not misheard. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The secret code of an input, for example `moon-7K3Q-9XZA-0B1C-2D3E-4F5G`: an HMAC of its id (100 bits), so that a
 * replayed command gives the same code and nobody has to store it.
 */
export function receiptCode(district: District, inputId: string): string {
  return `${district}-${codeOf(`receipt:${district}:${inputId}`)}`;
}

/** Twenty characters in groups of four, from an HMAC of `what` under the master secret. */
export function codeOf(what: string): string {
  const mac = createHmac('sha256', macKey()).update(what).digest();
  let code = '';
  for (let i = 0; i < 20; i += 1) code += `${i > 0 && i % 4 === 0 ? '-' : ''}${alphabet[mac[i]! & 31]!}`;
  return code;
}

/** What is stored and looked up instead of a code. Case, spaces and look-alike letters are forgiven. */
export function codeHash(code: string): string {
  return hash('sha256', normalised(code), 'base64url');
}

/** The district that a code begins with. */
export function districtOfCode(code: string): District {
  return trustedDistrict(code.trim().split('-', 1)[0]!.toLowerCase());
}

function normalised(code: string): string {
  const [district = '', ...rest] = code.trim().split('-');
  const secret = rest.join('').toUpperCase().replace(/[\s]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return `${district.toLowerCase()}-${secret}`;
}
