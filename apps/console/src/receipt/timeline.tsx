import type { Receipt } from '../api/intake';
import { loopStates, outcomes, wordFor, type Outcome } from '../api/words';
import { Part } from '../ui/page';
import { When } from '../ui/time';

/** What happens besides a change of state, and the words of the delivery. */
const happenings: Record<string, string> = {
  ...Object.fromEntries(Object.entries(loopStates).map(([id, state]) => [id, state.name])),
  transferred: 'Moved to another team',
  'participation changed': 'Your part in it changed',
  reopened: 'Opened again by the team',
  'target missed': 'A date was missed',
  'asked again': 'We asked you again',
  'plan accepted': 'You accepted the plan',
  'partly settled': 'You said: partly settled',
  erased: 'The words were erased',
};
const details: Record<string, string> = {
  receipt: 'On this page',
  email: 'By e-mail',
  acknowledge: 'The team was late to pick it up',
  answer: 'The team was late to answer',
  silent: 'We did not hear from you',
  unreached: 'We could not reach you',
};

/** What happened, oldest first. */
export function Timeline({ items }: { items: Receipt['timeline'] }) {
  return (
    <Part title="What happened so far" id="timeline">
      <ol className="hb-timeline">
        {items.map((item, n) => (
          <li key={`${item.at} ${n}`}>
            <span className="hb-timeline__what">{wordFor(happenings, item.what)}</span>
            {item.detail && (
              <span className="hb-timeline__detail">
                {details[item.detail] ?? outcomes[item.detail as Outcome]?.name ?? item.detail}
              </span>
            )}
            <span className="hb-timeline__at">
              <When at={item.at} />
            </span>
          </li>
        ))}
      </ol>
    </Part>
  );
}
