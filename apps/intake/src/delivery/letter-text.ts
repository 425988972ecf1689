import type { AnswerWords, MessageWords } from '#contracts';
import type { Letter } from './letters.js';

/** What a letter says beside the team's own words. */
interface Words {
  subject: Record<Letter['about'], string>;
  opening: Record<Letter['about'], string>;
  shapedBy: string;
  reason: string;
  handedTo: string;
  settled: string;
  link: string;
}

const en: Words = {
  subject: {
    answer: 'There is an answer to what you said',
    message: 'The team wrote to you',
    'asked-again': 'Did our answer settle it?',
  },
  opening: {
    answer: 'The schools have answered what you told them.',
    message: 'The team that works on what you told the schools has written to you.',
    'asked-again':
      'Some time ago the schools answered what you told them. We have not heard whether that settles it.',
  },
  shapedBy: 'How your input shaped this:',
  reason: 'Why:',
  handedTo: 'Who is responsible, and how to reach them:',
  settled: 'Only you can say whether it is settled. If you say nothing, we never count it as a yes.',
  link: 'Read it and reply here (keep this link to yourself):',
};

const es: Words = {
  subject: {
    answer: 'Hay una respuesta a lo que nos dijo',
    message: 'El equipo le ha escrito',
    'asked-again': '¿Nuestra respuesta lo resolvió?',
  },
  opening: {
    answer: 'Las escuelas han respondido a lo que usted les dijo.',
    message: 'El equipo que atiende lo que usted dijo a las escuelas le ha escrito.',
    'asked-again':
      'Hace un tiempo las escuelas respondieron a lo que usted les dijo. Aún no sabemos si eso lo resuelve.',
  },
  shapedBy: 'Cómo su aporte influyó en esto:',
  reason: 'Por qué:',
  handedTo: 'Quién es responsable y cómo comunicarse:',
  settled: 'Solo usted puede decir si está resuelto. Si no dice nada, nunca lo contamos como un sí.',
  link: 'Léalo y responda aquí (no comparta este enlace):',
};

/** Letters are written in the language of the input where we have it, else in English. */
function wordsIn(language: string): Words {
  return language.split('-', 1)[0]!.toLowerCase() === 'es' ? es : en;
}

/**
 * Subject and text of a letter. `words` only when the originator wants the words themselves in the message; without
 * them a letter says that there is something, and where. `link` carries the receipt's code in its fragment.
 */
export function composeLetter(
  about: Letter['about'],
  language: string,
  link: string,
  words?: AnswerWords | MessageWords,
): { subject: string; text: string } {
  const say = wordsIn(language);
  const own = words && about !== 'asked-again' ? theirWords(words, language, say) : [];
  const asked = about === 'message' ? [] : [say.settled];
  const paragraphs = [say.opening[about], ...own, ...asked, `${say.link}\n${link}`];
  return { subject: say.subject[about], text: `${paragraphs.join('\n\n')}\n` };
}

/** In the originator's language first, where somebody translated it. */
function theirWords(words: AnswerWords | MessageWords, language: string, say: Words): string[] {
  const own = words.translations?.find((one) => one.language === language);
  const { shapedBy, reason, handedTo } = words as AnswerWords;
  return [
    ...(own ? [own.text] : []),
    words.text,
    ...(reason ? [`${say.reason} ${reason}`] : []),
    ...(shapedBy ? [`${say.shapedBy} ${shapedBy}`] : []),
    ...(handedTo ? [`${say.handedTo} ${handedTo}`] : []),
  ];
}
