import type { District } from '#testing';

/** Who does a job now. A name that only the process itself knows: another process is another holder. */
export async function holderOf(
  district: District,
  service: string,
  job: string,
): Promise<string | undefined> {
  const lease = await district
    .db(service)
    .collection<{ _id: string; holder: string }>('leases')
    .findOne({ _id: job });
  return lease?.holder;
}
