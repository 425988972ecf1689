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
import type { Looped } from './inputs.js';

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

/** One input of a group, as the one who speaks for the group sees it. */
export class LoopView {
  inputId!: string;
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
  /** Of message, withdraw, confirm, partly, dispute: what may be done now. */
  allowed!: string[];
}

/** Reads sealed words under an input's key; there are none once that is erased. */
export function reader(secret: string | undefined) {
  const key = secret && unwrap(secret);
  return async <T>(sealed: string | undefined): Promise<Partial<T>> =>
    key && sealed ? unseal<T & object>(key, sealed) : {};
}

/** A loop in words, but for those of the input itself. They are empty once it is erased. */
export async function viewLoop({ id, state: { loop }, secret }: Loaded<Looped>): Promise<LoopView> {
  const read = reader(secret);
  const closure = closureOf(loop.answers);
  const { topic, kind, state, voices, raisedAt, team, targets } = loop;
  return {
    ...{ inputId: id, topic, kind, state, voices, raisedAt },
    ...(team && { team: { teamId: team.teamId, name: team.name } }),
    ...(targets && { answerBy: targets.answerBy }),
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
    ...{ answerNo, outcome, text, language, translations, shapedBy, reason, promiseDate, handedTo },
    ...{ answerRef, at, deliveredAt, deliveredHow },
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
