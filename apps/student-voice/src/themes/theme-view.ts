import type {
  AnswerWords,
  DeliveredHow,
  Kind,
  LoopState,
  MessageWords,
  Outcome,
  ReplyNumbers,
} from '#contracts';
import { allowedActions } from '#loop';
import type { LoopAnswer, LoopMessage } from '#loop';
import { unseal, unwrap } from '#messaging';
import type { Loaded } from '#messaging';
import { bodyOf } from './theme.js';
import type { Theme, ThemeWords } from './theme.js';

export class TranslationView {
  language!: string;
  text!: string;
  by!: 'person' | 'service';
}

export class AnswerView {
  answerNo!: number;
  outcome!: Outcome;
  text!: string;
  language!: string;
  translations?: TranslationView[];
  /** How the input shaped this answer. */
  shapedBy?: string;
  reason?: string;
  promiseDate?: string;
  handedTo?: string;
  answerRef?: string;
  at!: string;
  deliveredAt?: string;
  deliveredHow?: DeliveredHow;
}

export class MessageView {
  at!: string;
  from!: 'originator' | 'team';
  text!: string;
  language!: string;
}

/** The group's last word: on which answer, in which numbers. */
export class ClosureView {
  answerNo!: number;
  word!: 'confirmed' | 'partly' | 'disputed' | 'plan-accepted' | 'counted';
  yes?: number;
  no?: number;
  noReply?: number;
  at!: string;
}

export class TeamView {
  teamId!: string;
  name!: string;
}

export class ThemeView {
  inputId!: string;
  title!: string;
  text!: string;
  topic!: string;
  kind!: Kind;
  state!: LoopState;
  voices!: number;
  raisedAt!: string;
  team?: TeamView;
  /** When the team owes the answer. */
  answerBy?: string;
  answers!: AnswerView[];
  messages!: MessageView[];
  closure?: ClosureView;
  /** Of message, withdraw, confirm, dispute: what the session may do now. */
  allowed!: string[];
}

/** A theme in words; they are empty once it is erased. */
export async function viewTheme({ id, state, secret }: Loaded<Theme>): Promise<ThemeView> {
  const { loop } = state;
  const key = secret && unwrap(secret);
  const read = async <T>(sealed: string | undefined): Promise<Partial<T>> =>
    key && sealed ? unseal<T & object>(key, sealed) : {};
  const words = await read<ThemeWords>(loop.sealed);
  const closure = closureOf(loop.answers);
  return {
    inputId: id,
    title: words.title ?? '',
    text: words.title === undefined ? '' : bodyOf({ title: words.title, text: words.text ?? '' }),
    topic: loop.topic,
    kind: loop.kind,
    state: loop.state,
    voices: loop.voices,
    raisedAt: loop.raisedAt,
    ...(loop.team && { team: { teamId: loop.team.teamId, name: loop.team.name } }),
    ...(loop.targets && { answerBy: loop.targets.answerBy }),
    answers: await Promise.all(
      loop.answers.map(async (a) => viewAnswer(a, await read<AnswerWords>(a.sealed))),
    ),
    messages: await Promise.all(
      loop.messages.map(async (m) => viewMessage(m, await read<MessageWords>(m.sealed))),
    ),
    ...(closure && { closure }),
    allowed: allowedActions(loop).filter((action) => action !== 'about-me'),
  };
}

function viewAnswer(answer: LoopAnswer, words: Partial<AnswerWords>): AnswerView {
  const { answerNo, outcome, language, promiseDate, answerRef, at, deliveredAt, deliveredHow } = answer;
  const { text = '', translations, shapedBy, reason, handedTo } = words;
  return {
    ...{
      answerNo,
      outcome,
      text,
      language,
      translations,
      shapedBy,
      reason,
      promiseDate,
      handedTo,
      answerRef,
      at,
    },
    ...{ deliveredAt, deliveredHow },
  };
}

function viewMessage({ at, from, language }: LoopMessage, { text = '' }: Partial<MessageWords>): MessageView {
  return { at, from, text, language };
}

function closureOf(answers: LoopAnswer[]): ClosureView | undefined {
  const last = answers.findLast((answer) => answer.reply);
  if (!last?.reply) return undefined;
  const numbers: Partial<ReplyNumbers> = last.reply.replies ?? {};
  return { answerNo: last.answerNo, word: last.reply.word, ...numbers, at: last.reply.at };
}
