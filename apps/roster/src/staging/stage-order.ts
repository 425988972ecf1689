import { Crosswalk } from '../crosswalk/crosswalk.js';
import { translateFeed } from '../crosswalk/translate-feed.js';
import type { Translated } from '../crosswalk/translate-feed.js';
import type { RowChunks } from '../generations/row-chunks.js';
import { namesWith } from '../generations/row-chunks.js';
import { fingerprintWith } from './fingerprint.js';
import { openFeed } from './open-feed.js';
import { stageFeed } from './stage-feed.js';
import type { Progress } from './progress.js';
import type { QuarantinedRow, StagingOrder, StagingResult } from './thread-messages.js';

/** How often `beat` is called, unless many rows are put aside. */
const beatMs = 500;
const mostQuarantined = 1_000;

/**
 * Stages one feed here and now.
 * @param beat called now and then with rows that were put aside since; when it throws, staging ends with that error.
 * @throws Error that says why nothing of the feed can be taken.
 */
export async function stageOrder(
  { district, feed, base, about, folder, groups, crosswalk, keys }: StagingOrder,
  chunks: RowChunks,
  beat: (quarantined: QuarantinedRow[], progress?: Progress) => Promise<void>,
): Promise<StagingResult> {
  let quarantined: QuarantinedRow[] = [];
  let beaten = performance.now();
  const tell = (progress?: Progress): Promise<void> => {
    const some = quarantined;
    quarantined = [];
    beaten = performance.now();
    return beat(some, progress);
  };
  const source = await openFeed(feed);
  const translated: Translated = {};
  try {
    const staged = await stageFeed(
      crosswalk ? translateFeed(source, new Crosswalk(crosswalk), translated) : source,
      base,
      about,
      groups,
      {
        district,
        chunks,
        nameOf: namesWith(keys.names),
        folder,
        quarantine: (file, reason) => void quarantined.push({ file, ...reason }),
        beat: async (progress) => {
          if (performance.now() - beaten > beatMs || quarantined.length > mostQuarantined)
            await tell(progress);
        },
      },
      fingerprintWith(keys.fingerprints),
    );
    await tell();
    const { people, ...rest } = staged;
    return { ...rest, translated, people: people.totals(), roles: people.byRole(), losses: people.losses() };
  } finally {
    source.close();
  }
}
