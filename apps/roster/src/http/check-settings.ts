/** What is wrong with one field of some settings; `message` says what to do. */
export interface BrokenSetting {
  field: string;
  rule: string;
  message: string;
}

/**
 * An address that is sent names or secrets, so https; http is for this machine itself.
 * @param query whether it may have one.
 */
export function checkAddress(
  field: string,
  address: unknown,
  query?: 'with query',
): BrokenSetting | undefined {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  if (!url) return { field, rule: 'url', message: `${field} must be an address such as https://host/…` };
  const isHere = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isHere)) {
    const message = `${field} must begin with https:// (http only for this machine itself)`;
    return { field, rule: 'https', message };
  }
  if (url.username || url.password)
    return { field, rule: 'credentials', message: `${field} must not hold a user or password` };
  if (url.hash || (url.search && !query))
    return { field, rule: 'path', message: `${field} must end with its path, without ? and #` };
  return undefined;
}

/** A whole number, which may be left out. */
export function checkWhole(
  field: string,
  value: unknown,
  least: number,
  most: number,
): BrokenSetting | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)
    return undefined;
  return { field, rule: 'range', message: `${field} must be a whole number from ${least} to ${most}` };
}
