/**
 * Does what is asked for one key one after another. A whole school may answer a session in the same second; without
 * turns its writes would mostly undo each other's, since each is guarded by the version it read. Correctness does not
 * rest on this: another instance is met by the guard.
 */
export class InTurn {
  private readonly last = new Map<string, Promise<unknown>>();

  run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const mine = (this.last.get(key) ?? Promise.resolve()).then(task, task);
    this.last.set(key, mine);
    const done = (): void => {
      if (this.last.get(key) === mine) this.last.delete(key);
    };
    mine.then(done, done);
    return mine;
  }
}
