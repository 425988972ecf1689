import { Controller, Get } from '@nestjs/common';
import type {
  AnswerWords,
  InputWords,
  Kind,
  LoopState,
  MessageWords,
  Outcome,
  Participation,
  ReasonWords,
  Relation,
  Translation,
} from '#contracts';
import { allowedActions, open } from '#loop';
import type { Fact, Loop, LoopAction, LoopAnswer, LoopMessage } from '#loop';
import { unseal } from '#messaging';
import type { Key } from '#messaging';
import { OrganisationTree } from '#organisations';
import { Allow, Caller, Returns } from '#platform';
import type { District } from '#platform';
import { InputStore } from '../inputs/input.store.js';
import { Receipts } from './receipts.js';

export class TranslatedWords {
  language!: string;
  text!: string;
  by!: 'person' | 'service';
}
export class ReceiptTeam {
  teamId!: string;
  name!: string;
}
export class ReceiptTargets {
  acknowledgeBy!: string;
  answerBy!: string;
}
export class TimelineLine {
  at!: string;
  what!: string;
  detail?: string;
}
export class ReceiptMessage {
  at!: string;
  from!: 'originator' | 'team';
  text!: string;
  language!: string;
  translations?: TranslatedWords[];
}
/** What the originator said last about an answer. */
export class OwnWord {
  /** confirmed, partly, disputed or plan-accepted. */
  word!: string;
  at!: string;
  reason?: string;
}
export class ReceiptAnswer {
  answerNo!: number;
  outcome!: Outcome;
  text!: string;
  language!: string;
  translations?: TranslatedWords[];
  /** How the input shaped this answer. */
  shapedBy?: string;
  reason?: string;
  promiseDate?: string;
  handedTo?: string;
  answerRef?: string;
  at!: string;
  yourWord?: OwnWord;
}
/** Someone else entered it for the originator. */
export class ReceiptOnBehalf {
  relation!: Relation;
  /** Whether the originator agreed. False: they were not asked. */
  agreed!: boolean;
  /** Whose receipt this is. */
  receiptTo!: 'them' | 'me';
}
/** What an originator sees with the receipt. */
export class ReceiptView {
  inputId!: string;
  state!: LoopState;
  kind!: Kind;
  topic!: string;
  orgId!: string;
  orgName!: string;
  team?: ReceiptTeam;
  targets?: ReceiptTargets;
  participation?: Participation;
  anonymous!: boolean;
  onBehalfOf?: ReceiptOnBehalf;
  language!: string;
  /** Empty after an erasure, as all words. */
  text!: string;
  /** The team waits for the originator's reply. */
  waiting!: boolean;
  timeline!: TimelineLine[];
  messages!: ReceiptMessage[];
  /** Each answer once, the newest last. */
  answers!: ReceiptAnswer[];
  /** What may be done now. */
  allowed!: LoopAction[];
}

@Controller('receipts/me')
export class OpenReceiptController {
  constructor(
    private readonly receipts: Receipts,
    private readonly inputs: InputStore,
    private readonly organisations: OrganisationTree,
  ) {}

  /** The whole loop as its originator may see it. Opening it delivers the newest answer. */
  @Get()
  @Allow('receipt')
  @Returns(
    200,
    ReceiptView,
    'State, team, targets, timeline, messages and answers; opening it delivers the answer',
  )
  async open(@Caller() caller: Caller): Promise<ReceiptView> {
    const held = await this.receipts.of(caller);
    const now = new Date().toISOString();
    let { loop } = held.input;
    if (open(loop, 'receipt', now).length > 0) {
      const after = await this.inputs.change(held.district, held.id, (input) =>
        open(input.loop, 'receipt', now),
      );
      loop = after.state.loop;
    }
    await this.organisations.fresh(held.district);
    const { onBehalf } = held.input;
    const seen = await view(loop, held.key, this.nameOf(held.district, loop.orgId), now);
    return { ...seen, ...(onBehalf && { onBehalfOf: { ...onBehalf } }) };
  }

  private nameOf(district: District, orgId: string): string {
    return this.organisations.find(district, orgId)?.name ?? orgId;
  }
}

async function view(loop: Loop, key: Key | undefined, orgName: string, now: string): Promise<ReceiptView> {
  const { inputId, state, kind, topic, orgId, team, targets, participation, anonymous, language, waiting } =
    loop;
  const words = await read<InputWords>(key, loop.sealed);
  return {
    inputId,
    state,
    kind,
    topic,
    orgId,
    orgName,
    ...(team && { team: { teamId: team.teamId, name: team.name } }),
    ...(targets && { targets }),
    ...(participation && { participation }),
    anonymous,
    language,
    text: words?.text ?? '',
    waiting,
    timeline: await Promise.all(loop.facts.map((fact) => line(fact, key))),
    messages: await Promise.all(loop.messages.map((message) => written(message, key))),
    answers: await Promise.all(loop.answers.map((answer) => given(answer, key))),
    allowed: allowedActions(loop, now),
  };
}

async function line({ at, what, detail, sealed }: Fact, key: Key | undefined): Promise<TimelineLine> {
  const words = await read<ReasonWords>(key, sealed);
  const told = [detail, words?.reason].filter(Boolean).join(': ');
  return { at, what, ...(told && { detail: told }) };
}

async function written(message: LoopMessage, key: Key | undefined): Promise<ReceiptMessage> {
  const { at, from, language, sealed } = message;
  const words = await read<MessageWords>(key, sealed);
  return { at, from, language, text: words?.text ?? '', ...translated(words?.translations) };
}

async function given(answer: LoopAnswer, key: Key | undefined): Promise<ReceiptAnswer> {
  const { answerNo, outcome, language, promiseDate, answerRef, at, sealed, reply } = answer;
  const words = await read<AnswerWords>(key, sealed);
  const said = await read<ReasonWords>(key, reply?.sealed);
  const { text = '', translations, shapedBy, reason, handedTo } = words ?? {};
  return {
    answerNo,
    outcome,
    text,
    language,
    ...translated(translations),
    ...(shapedBy && { shapedBy }),
    ...(reason && { reason }),
    ...(promiseDate && { promiseDate }),
    ...(handedTo && { handedTo }),
    ...(answerRef && { answerRef }),
    at,
    ...(reply && {
      yourWord: { word: reply.word, at: reply.at, ...(said?.reason && { reason: said.reason }) },
    }),
  };
}

function translated(translations: Translation[] | undefined): { translations?: Translation[] } {
  return translations && translations.length > 0 ? { translations } : {};
}

/** Words under a key that is gone, or of another input, are no words: the page shows the rest. */
async function read<T>(key: Key | undefined, sealed: string | undefined): Promise<T | undefined> {
  if (!key || !sealed) return undefined;
  return unseal<T>(key, sealed).catch(() => undefined);
}
