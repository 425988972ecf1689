import { config } from './config.js';

declare const brand: unique symbol;

/**
 * The tenant. A branded string, so that a query without one does not compile; made only from a token, a host name,
 * an event's envelope or a receipt, never from a body.
 */
export type District = string & { readonly [brand]: 'district' };

/** Takes what an envelope, a token or a stored document says. The caller vouches for where it came from. */
export function trustedDistrict(id: string): District {
  return id as District;
}

/** The district of a host name (a port is ignored); the first configured one when no district claims that host. */
export function districtOfHost(host: string | undefined): District {
  const name = (host ?? '').replace(/:\d+$/, '').toLowerCase();
  const { districts } = config();
  return trustedDistrict((districts.find((d) => d.hosts.includes(name)) ?? districts[0])!.id);
}

/** Name and time zone of a district; those of the first one for an id that is not configured. */
export function districtFacts(id: District): { id: string; name: string; timeZone: string } {
  const { districts } = config();
  return (districts.find((d) => d.id === id) ?? districts[0])!;
}
