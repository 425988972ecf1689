import { Logger } from '@nestjs/common';
import { setTimeout as pause } from 'node:timers/promises';
import type { MatchKeysAndValues } from 'mongodb';
import { publishers } from '#contracts';
import type { Publisher } from '#contracts';
import { isInfrastructureFailure } from '#platform';
import type { Command, District } from '#platform';
import type { Fetched } from '../consume/batch.js';
import { topicOf } from '../kafka/topics.js';
import { Copy, ReaderDied, dropCopies } from './copy.js';
import type { Views } from './copy.js';
import { Mender } from './mend.js';
import { outcomeOf } from './rebuild.js';
import type { Rebuild, RebuildRequest } from './rebuild.js';
import { NotOurs } from './rebuilds.js';
import type { Rebuilds } from './rebuilds.js';
import { answerIn } from './request-topic.js';
import type { RequestTopic } from './request-topic.js';

const lookEveryMs = 15_000;
const leaseMs = 10_000;
const tellEveryMs = 500;
/** An owner that has said nothing for so long is asked again: it may have been down. */
const askAgainMs = 30_000;

/**
 * Works on the rebuild that runs, if any; of several instances, one does. Every step can be done again, so after a kill
 * whoever takes over begins at the top: the copy goes on where its consumer group stands, the rest is quickly repeated.
 */
export class Rebuilder {
  private readonly logger = new Logger('rebuild');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private asked = false;
  private stopped = false;

  constructor(
    private readonly views: Views,
    readonly rebuilds: Rebuilds,
    private readonly requests: RequestTopic,
    /** Makes anew what is derived from the views' documents: `@OnRebuilt`. */
    private readonly derive: (district: District) => Promise<void>,
  ) {}

  async start(): Promise<void> {
    await this.rebuilds.ensureIndexes();
    await this.dropCopies().catch((error: unknown) =>
      this.logger.warn({ msg: `copies of earlier rebuilds are still there: ${(error as Error).message}` }),
    );
    this.timer = setInterval(() => this.look(), lookEveryMs);
    this.look();
  }

  /** Leaves a rebuild as it is, for another instance or the next start. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.running;
  }

  /** @throws Problem 409 while one runs. */
  async begin(district: District, command: Command, request: RebuildRequest): Promise<Rebuild> {
    const rebuild = await this.rebuilds.begin(district, command, request);
    this.look();
    return rebuild;
  }

  private look(): void {
    this.asked = true;
    this.running ??= this.workWhileAsked().finally(() => (this.running = undefined));
  }

  private async workWhileAsked(): Promise<void> {
    // Again when one was begun while the last one was tidied up.
    while (this.asked && !this.stopped) {
      this.asked = false;
      await this.work().catch((error: unknown) =>
        this.logger.warn({ msg: `rebuilding failed, tried again in 15 s: ${(error as Error).message}` }),
      );
    }
  }

  private async work(): Promise<void> {
    const rebuild = await this.rebuilds.running();
    if (this.stopped || !rebuild || !(await this.mine()) || !(await this.rebuilds.take(rebuild._id))) return;
    this.logger.log({ msg: `rebuild ${rebuild._id} of ${rebuild.district}: ${rebuild.state}` });
    const copy = new Copy(this.views, rebuild, (fetched) => this.heard(rebuild._id, fetched));
    const keeping = setInterval(() => void this.mine().catch(() => undefined), leaseMs / 3);
    try {
      await copy.start();
      await this.through(rebuild, copy);
    } catch (error) {
      await this.interrupted(rebuild, error as Error);
    } finally {
      clearInterval(keeping);
      await copy.stop();
    }
    await this.dropCopies();
  }

  private dropCopies(): Promise<void> {
    return dropCopies(this.views.messaging, (ids) => this.rebuilds.ended(ids));
  }

  private mine(): Promise<boolean> {
    return this.views.messaging.leases.hold('rebuild', leaseMs);
  }

  /** From the topics to the end. Safe to repeat from the top. */
  private async through({ _id, fromOwners }: Rebuild, copy: Copy): Promise<void> {
    const beheaded = await copy.offsets.beheaded();
    const incomplete = this.views.publishers.filter(
      (publisher) => fromOwners || beheaded.includes(topicOf(publisher)),
    );
    await this.ask(_id, incomplete);
    await this.readAll(_id, copy);
    let rebuild = await this.compare(_id, copy);
    const unasked = this.unasked(rebuild);
    if (!rebuild.check && rebuild.compared.ahead + rebuild.compared.unknown > 0 && unasked.length > 0) {
      // The live view knows what the topics do not hold, though they look whole: one was made anew, perhaps.
      await this.ask(_id, unasked);
      await this.readAll(_id, copy);
      rebuild = await this.compare(_id, copy);
    }
    if (!rebuild.check) {
      await this.tell(_id, { state: 'recounting' });
      await this.derive(rebuild.district);
    }
    const { state, reason } = outcomeOf(rebuild);
    await this.tell(_id, { parked: await copy.parkedCount() });
    await this.rebuilds.end(_id, state, reason);
    this.logger.log({ msg: `rebuild ${_id}: ${state}${reason ? `, ${reason}` : ''}` });
  }

  /** Notes that these owners are asked before asking, so that whoever goes on after a kill knows to wait for them. */
  private async ask(id: string, owners: Publisher[]): Promise<void> {
    const rebuild = await this.tell(id, {});
    const unasked = owners.filter((owner) => !rebuild.owners[owner]);
    const nothingYet = { documents: 0, events: 0, done: false };
    await this.tell(id, Object.fromEntries(unasked.map((owner) => [`owners.${owner}`, nothingYet])));
    await this.request(
      rebuild,
      owners.filter((owner) => !rebuild.owners[owner]?.done),
    );
  }

  private async request({ _id, district }: Rebuild, owners: Publisher[]): Promise<void> {
    if (owners.length === 0) return;
    this.logger.log({ msg: `rebuild ${_id}: asking ${owners.join(', ')} for everything of ${district}` });
    await this.requests.send(
      owners.map((publisher) => ({ publisher, district, all: true, request: `${_id}/${publisher}` })),
    );
  }

  /** Until the owners that were asked have sent everything, and all of it is read. */
  private async readAll(id: string, copy: Copy): Promise<void> {
    const before = (await this.tell(id, {})).read.messages;
    let askedAt = Date.now();
    for (;;) {
      const rebuild = await this.tell(id, {});
      const silent = publishers.filter((one) => rebuild.owners[one]?.done === false);
      // The ends are taken after the owners' last words, so that what they sent lies before them.
      const left = await copy.left(await copy.offsets.ends());
      const read = { messages: before + copy.messages, left };
      await this.tell(id, { state: silent.length > 0 ? 'asking' : 'reading', read });
      if (silent.length === 0 && left === 0) return;
      if (silent.length > 0 && Date.now() - askedAt > askAgainMs) {
        await this.request(rebuild, silent);
        askedAt = Date.now();
      }
      await pause(tellEveryMs);
    }
  }

  private async compare(id: string, copy: Copy): Promise<Rebuild> {
    const rebuild = await this.tell(id, { state: 'comparing' });
    const tell = (progress: Partial<Rebuild>): Promise<Rebuild> => this.tell(id, progress);
    const remove = rebuild.remove && this.unasked(rebuild).length === 0;
    await new Mender(this.views.messaging, copy, rebuild, remove, tell).run();
    return this.tell(id, {});
  }

  private unasked({ owners }: Rebuild): Publisher[] {
    return this.views.publishers.filter((publisher) => !owners[publisher]);
  }

  private async tell(id: string, progress: MatchKeysAndValues<Rebuild>): Promise<Rebuild> {
    if (this.stopped) throw new NotOurs('this instance is stopping');
    return this.rebuilds.tell(id, progress);
  }

  /** It is taken up again, here or elsewhere, unless another try would fail in the same way. */
  private async interrupted({ _id }: Rebuild, error: Error): Promise<void> {
    if (this.stopped || error instanceof NotOurs) return;
    const passing = isInfrastructureFailure(error) || error.name.startsWith('KafkaJS');
    if (passing || error instanceof ReaderDied) {
      this.logger.warn({ msg: `rebuild ${_id} is taken up again in a moment: ${error.message}` });
      return;
    }
    this.logger.error({ msg: `rebuild ${_id} failed: ${error.message}`, stack: error.stack });
    await this.rebuilds.end(_id, 'failed', error.message);
  }

  private async heard(id: string, fetched: Fetched[]): Promise<void> {
    for (const { message } of fetched) {
      const answer = answerIn(message.value);
      if (answer?.answer === `${id}/${answer?.from}`) await this.rebuilds.ownerTold(id, answer.from, answer);
    }
  }
}
