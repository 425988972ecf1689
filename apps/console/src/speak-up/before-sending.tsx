import type { LocalForm, Topic } from '../api/intake';
import { participations, sentenceFor, wordFor } from '../api/words';
import type { Draft } from './draft';

export const schoolDays = (n: number) => (n === 1 ? '1 school day' : `${n} school days`);

/** Who will read this, who will not, and what happens when: all of it before the send button. */
export function BeforeSending({
  draft,
  choices,
  topic,
  orgName,
}: {
  draft: Draft;
  choices: LocalForm;
  topic: Topic | undefined;
  orgName: string | undefined;
}) {
  const place = orgName ?? 'the school';
  const hidden =
    choices.teams?.filter((team) => draft.hiddenTeams.includes(team.id)).map((team) => team.name) ?? [];
  return (
    <div className="hb-before">
      <div>
        <h3>Who will read this</h3>
        <p lang={choices.lang}>{choices.readers}</p>
        {draft.hide !== 'nobody' && <p>Because of your choice it goes to the level above {place}.</p>}
      </div>
      <div>
        <h3>Who will not</h3>
        <p lang={choices.lang}>{choices.notReaders}</p>
        {draft.hide === 'school' && <p>Nobody at {place} can open it or see that it exists.</p>}
        {hidden.length > 0 && <p>{hidden.join(', ')} cannot open it or see that it exists.</p>}
        {draft.way === 'reachable' && <p>No team sees your contact.</p>}
      </div>
      <div>
        <h3>What happens when</h3>
        {topic ? (
          <ol className="hb-steps">
            <li>You get a receipt code at once.</li>
            <li>Within {schoolDays(topic.targets.acknowledgeDays)} a person picks it up.</li>
            <li>Within {schoolDays(topic.targets.answerDays)} you have an answer.</li>
            <li>Then we ask you: did this settle it? Only you can say so.</li>
          </ol>
        ) : (
          <p>Choose a topic above to see the dates.</p>
        )}
      </div>
      <div>
        <h3>Your part in the decision</h3>
        {topic ? (
          <p>
            <strong>{wordFor(participations, topic.participation)}.</strong>{' '}
            {sentenceFor(participations, topic.participation)}
          </p>
        ) : (
          <p>Choose a topic above to see how you take part.</p>
        )}
      </div>
    </div>
  );
}

/** Where to turn when it cannot wait. */
export function CrisisLines({ choices }: { choices: LocalForm }) {
  return (
    <aside className="hb-crisis" aria-labelledby="crisis">
      <h2 id="crisis">Is someone in danger now?</h2>
      <p lang={choices.lang}>{choices.notLive}</p>
      <ul lang={choices.lang}>
        {choices.crisisLines.map((line) => (
          <li key={line.contact}>
            <a href={hrefOf(line.contact)}>
              <strong>{line.contact}</strong>
            </a>{' '}
            {line.contact.includes(line.name) ? '' : `${line.name}: `}
            {line.what}
          </li>
        ))}
      </ul>
    </aside>
  );
}

function hrefOf(contact: string): string {
  if (contact.includes('@')) return `mailto:${contact}`;
  return contact.startsWith('http') ? contact : `tel:${contact.replaceAll(/[^\d+]/g, '')}`;
}
