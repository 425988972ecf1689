import { casework, type CaseAction, type CaseDetail } from '../api/casework';
import type { Me } from '../api/me';
import { Button } from '../ui/button';
import { ErrorSummary } from '../ui/form';
import { useSubmit } from '../ui/submit';

/** The service names an action as its word or as its path: `message`, `messages`. */
export const mayDo = (one: CaseDetail, action: CaseAction) =>
  one.allowed.some((word) => word === action || word === `${action}s`);

const withForm: { action: CaseAction; name: string }[] = [
  { action: 'answer', name: 'Answer' },
  { action: 'message', name: 'Write to the originator' },
  { action: 'note', name: 'Add a note' },
  { action: 'transfer', name: 'Transfer' },
  { action: 'participation', name: 'Change participation' },
  { action: 'reopen', name: 'Reopen' },
];

/** All that can be done to a case; what cannot be done now says why. */
export function Actions({
  one,
  me,
  doing,
  start,
  changed,
}: {
  one: CaseDetail;
  me: Me;
  doing: string;
  start: (action: string) => void;
  changed: (what: string) => void;
}) {
  const acknowledging = useSubmit({
    send: (_: null) => casework.acknowledge(one.caseId),
    done: () => changed('You picked it up. The originator is told.'),
  });
  const assigning = useSubmit({
    send: (_: null) => casework.assign(one.caseId, me.sub),
    done: () => changed('The case is yours.'),
  });
  const pickedUp = one.history.some((item) => item.what === 'acknowledged');
  const because = (action: CaseAction) => {
    // Acknowledging again is allowed, and does nothing: only a transfer waits for it.
    if (action === 'acknowledge' && pickedUp && !one.offeredTo) return 'Someone picked it up.';
    return mayDo(one, action) ? undefined : whyNot(action, one);
  };
  return (
    <section className="hb-part hb-part--actions" aria-labelledby="actions">
      <h2 id="actions">What you can do</h2>
      <ErrorSummary form="acknowledge" of={acknowledging} />
      <ErrorSummary form="assign" of={assigning} />
      <div className="hb-actions">
        <Button
          pending={acknowledging.pending}
          because={because('acknowledge')}
          onClick={() => acknowledging.submit(null)}
        >
          Acknowledge
        </Button>
        <Button
          look="outline"
          pending={assigning.pending}
          because={one.assignee === me.sub ? 'It is assigned to you.' : because('assign')}
          onClick={() => assigning.submit(null)}
        >
          Assign to me
        </Button>
        {withForm.map(({ action, name }) => (
          <Button
            key={action}
            look={action === 'answer' ? 'solid' : 'outline'}
            because={because(action)}
            expanded={doing === action}
            controls="action-form"
            onClick={() => start(doing === action ? '' : action)}
          >
            {name}
          </Button>
        ))}
      </div>
    </section>
  );
}

function whyNot(action: CaseAction, one: CaseDetail): string {
  if (action === 'reopen') return 'Only an answered or closed case is reopened.';
  if (action === 'participation') return 'Not now, or not for your role.';
  return `Not while the case is ${one.state}.`;
}
