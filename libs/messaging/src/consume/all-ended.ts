/** What all gave. All have ended before one that failed is told, so that the next try never meets this one. @throws the first failure. */
export async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return Promise.all(works);
}
