import type { Feed } from '../feed/feed.js';
import { Spool } from '../feed/spool.js';
import { openPackage } from '../oneroster/package.js';
import type { FeedOnDisk } from './thread-messages.js';

/** @throws Error for what is not complete, or cannot be read at all. */
export async function openFeed(feed: FeedOnDisk): Promise<Feed> {
  if (feed.kind === 'package') return openPackage(feed.folder);
  const spool = await Spool.open(feed.folder);
  return spool.feed(feed.oneRoster, feed.mode, feed.ignored);
}
