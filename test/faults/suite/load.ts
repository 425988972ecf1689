import type { Origin } from '#contracts';
import type { District, RunningName } from '#testing';
import { chance } from './chance.js';
import type { Chance } from './chance.js';
import { origins } from './origins.js';
import type { Originator, Tokens } from './origins.js';
import { nobody, patient } from './patient.js';
import type { Ask, Habits, Met } from './patient.js';
import { walkOn } from './walk.js';
import type { Walk } from './walk.js';

export interface LoadOptions extends Pick<Habits, 'addresses'> {
  /** People who walk one input after the other, each to its end. */
  walkers: number;
  /** People a second who only speak up, and walk no further than routed. */
  crowd: number;
  /** Through which origins they speak; one that stands there more often is taken more often. Mostly intake. */
  origins?: readonly Origin[];
  /** How long those of the crowd stay away whose first try had no answer, while the load goes on, in ms. */
  crowdStaysAwayMs?: number;
}

/** As in a district: most people speak for themselves. */
const usual: readonly Origin[] = [
  ...Array.from({ length: 7 }, (): Origin => 'intake'),
  ...(['student-voice', 'student-voice', 'family-council'] as const),
];

/**
 * A district that lives: people speak up through all three origins, teams answer, originators settle, all over the
 * public API and with the patience that the API asks of them. It remembers all that was acknowledged to it.
 */
export class Load {
  /** Every input that was accepted, since the first start. */
  readonly walks: Walk[] = [];
  readonly met: Met = nobody();
  private readonly broken: unknown[] = [];
  private running: Promise<unknown>[] = [];
  private stopping = false;
  private count = 0;
  private readonly chance: Chance;

  constructor(
    private readonly district: District,
    seed: number,
    private readonly options: LoadOptions,
  ) {
    this.chance = chance(seed).of('load');
  }

  start(): void {
    this.stopping = false;
    const { walkers, crowd } = this.options;
    this.running = Array.from({ length: walkers }, () => this.walker());
    if (crowd > 0) this.running.push(this.crowd(1_000 / crowd));
  }

  /** Nobody new speaks up; those under way walk to their end. @throws what stood in the way of one of them. */
  async rest(): Promise<void> {
    this.stopping = true;
    await Promise.all(this.running);
    if (this.broken.length > 0) {
      const [first] = this.broken;
      throw new Error(`${this.broken.length} walks broke, the first: ${(first as Error).message}`, {
        cause: first,
      });
    }
  }

  /** As many as that have been accepted since `from`. */
  async accepted(count: number, from = this.walks.length): Promise<void> {
    while (this.walks.length < from + count && this.broken.length === 0)
      await new Promise((resolve) => setTimeout(resolve, 50));
  }

  figures(): Record<string, number> {
    const answers = this.walks.reduce((sum, walk) => sum + walk.answers.length, 0);
    return { inputs: this.walks.length, answers, ...this.met };
  }

  /** An input that was accepted, by whoever; it must get as far as routed. */
  remember(name: string, originator: Originator): Walk {
    const walk: Walk = {
      name,
      originator,
      state: 'routed',
      wrote: [],
      teamWrote: [],
      answers: [],
      isTakenUp: false,
      transfers: 0,
      read: [],
      words: [],
    };
    this.walks.push(walk);
    return walk;
  }

  private async walker(): Promise<void> {
    while (!this.stopping) await this.one(true);
  }

  private async crowd(everyMs: number): Promise<void> {
    const all: Promise<void>[] = [];
    while (!this.stopping) {
      all.push(this.one(false));
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
    await Promise.all(all);
  }

  private async one(isWalker: boolean): Promise<void> {
    const n = this.count++;
    const own = this.chance.of(n);
    const { addresses, crowdStaysAwayMs = 0 } = this.options;
    const ask = patient(this.district, own.of('calls'), this.met, {
      ...(addresses && { addresses }),
      ...(!isWalker && { beforeSecondTry: () => this.away(crowdStaysAwayMs) }),
    });
    const origin = isWalker ? own.pick(this.options.origins ?? usual) : 'intake';
    const name = `${n} of ${origin}`;
    try {
      const originator = await origins[origin](ask, this.tokens, name, own.happens(0.3));
      const walk = this.remember(name, originator);
      if (isWalker) await walkOn(walk, ask, this.tokens, own);
    } catch (error) {
      this.broken.push(error);
      this.stopping = true;
    }
  }

  private async away(ms: number): Promise<void> {
    const until = Date.now() + ms;
    while (Date.now() < until && !this.stopping) await new Promise((resolve) => setTimeout(resolve, 250));
  }

  private readonly known = new Map<string, Promise<string>>();
  /** Bearer tokens hold for hours. */
  readonly tokens: Tokens = (as, team) => {
    const key = `${as}/${team}`;
    const token = this.known.get(key) ?? this.district.token(as, team ? { team } : {});
    this.known.set(key, token);
    return token;
  };
}

/** A call with patience, for those who only look. */
export function asking(district: District): Ask {
  return patient(district, chance('looking'), nobody());
}

/** Everything that may be killed, but the tools of development. */
export const services: readonly Exclude<RunningName, 'devtools'>[] = [
  ...(['intake', 'student-voice', 'family-council'] as const),
  ...(['casework', 'reporting', 'roster', 'gateway'] as const),
];
