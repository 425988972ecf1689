import { Problem } from '#platform';

/** The strong ETag of a version, for example `"7"`. */
export function etag(version: number): string {
  return `"${version}"`;
}

/**
 * The version that If-Match names. @throws Problem 428 when it is owed and missing; 412 when it can match nothing.
 */
export function versionOf(ifMatch: string | undefined, read: string): number {
  if (ifMatch === undefined) {
    throw new Problem(428, undefined, {
      detail: `Send If-Match with the ETag of ${read}, so that nobody's change is lost.`,
    });
  }
  const version = /^"(\d{1,15})"$/.exec(ifMatch.trim())?.[1];
  if (version === undefined)
    throw new Problem(412, undefined, { detail: `If-Match is not an ETag of ${read}.` });
  return Number(version);
}

/**
 * What is replaced whole must have been read first, once there is any of it. @throws Problem 428 or 412 before anything
 * else is looked at.
 */
export function refuseUnlessRead(ifMatch: string | undefined, version: number, read: string): void {
  if (version === 0 && !ifMatch) return;
  if (versionOf(ifMatch, read) !== version)
    throw new Problem(412, undefined, { detail: `It is at version ${version} now; read it again.` });
}
