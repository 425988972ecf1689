import { useState } from 'react';
import { casework } from '../api/casework';
import { participations, type Participation } from '../api/words';
import { Field, Select } from '../ui/form';
import { useSubmit } from '../ui/submit';
import { ActionFrame, owed } from '../ui/action-frame';
import type { ActionProps } from './action-props';

/** To another team; until it accepts, this one owns the case. */
export function TransferForm({ one, changed, cancel }: ActionProps) {
  const [teamId, setTeamId] = useState('');
  const [note, setNote] = useState('');
  const listed = one.transferTo ?? [];
  const sending = useSubmit({
    check: (body: { teamId: string; note: string }) => [
      ...owed('teamId', body.teamId, 'Choose the team'),
      ...owed('note', body.note, 'Tell the new team why'),
    ],
    send: (body: { teamId: string; note: string }) => casework.transfer(one.caseId, body),
    done: () => changed('The case is with the other team once it accepts. The originator is told.'),
  });
  return (
    <ActionFrame
      form="transfer"
      title="Transfer to another team"
      of={sending}
      send="Transfer"
      cancel={cancel}
      onSubmit={() => sending.submit({ teamId: teamId.trim(), note: note.trim() })}
    >
      <Field
        form="transfer"
        name="teamId"
        label="Team"
        hint={listed.length === 0 ? 'Write the id of the team, for example transport.' : undefined}
        errors={sending.errors}
      >
        {(control) =>
          listed.length > 0 ? (
            <Select
              control={control}
              value={teamId}
              onChange={setTeamId}
              choices={listed.map((team) => ({ id: team.teamId, name: team.name }))}
            />
          ) : (
            <input
              className="usa-input"
              type="text"
              {...control}
              value={teamId}
              onChange={(event) => setTeamId(event.target.value)}
            />
          )
        }
      </Field>
      <Field form="transfer" name="note" label="Note to the new team" errors={sending.errors}>
        {(control) => (
          <textarea
            className="usa-textarea"
            {...control}
            value={note}
            onChange={(event) => setNote(event.target.value)}
          />
        )}
      </Field>
    </ActionFrame>
  );
}

const ladder = Object.keys(participations) as Participation[];

/** Up the ladder by anyone, down it by a lead with a reason. */
export function ParticipationForm({ one, changed, cancel }: ActionProps) {
  const [level, setLevel] = useState<string>(one.participation ?? 'inform');
  const [reason, setReason] = useState('');
  const lower = ladder.indexOf(level as Participation) < ladder.indexOf(one.participation ?? 'inform');
  const sending = useSubmit({
    check: (body: { level: Participation; reason?: string }) =>
      lower ? owed('reason', body.reason ?? '', 'Say why it is lower; the originator reads it') : [],
    send: (body: { level: Participation; reason?: string }) => casework.participation(one.caseId, body),
    done: () => changed('The participation level is changed. The originator is told.'),
  });
  return (
    <ActionFrame
      form="participation"
      title="Change participation"
      of={sending}
      send="Change"
      cancel={cancel}
      onSubmit={() =>
        sending.submit({ level: level as Participation, ...(reason.trim() && { reason: reason.trim() }) })
      }
    >
      <Field
        form="participation"
        name="level"
        label="Level"
        hint="Anyone on the team may raise it. Lowering takes a lead and a reason."
        errors={sending.errors}
      >
        {(control) => (
          <Select
            control={control}
            value={level}
            onChange={setLevel}
            empty={null}
            choices={ladder.map((id) => ({
              id,
              name: id === one.participation ? `${participations[id].name} (now)` : participations[id].name,
            }))}
          />
        )}
      </Field>
      <p>The originator reads: “{participations[level as Participation]?.says ?? ''}”</p>
      <Field
        form="participation"
        name="reason"
        label="Reason"
        hint={lower ? 'The originator reads it.' : undefined}
        optional={!lower}
        errors={sending.errors}
      >
        {(control) => (
          <textarea
            className="usa-textarea"
            {...control}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
    </ActionFrame>
  );
}

/** Opens an answered or closed case again. */
export function ReopenForm({ one, changed, cancel }: ActionProps) {
  const [reason, setReason] = useState('');
  const sending = useSubmit({
    check: (body: string) => owed('reason', body, 'Say why you reopen it'),
    send: (body: string) => casework.reopen(one.caseId, body),
    done: () => changed('The case is open again.'),
  });
  return (
    <ActionFrame
      form="reopen"
      title="Reopen the case"
      of={sending}
      send="Reopen"
      cancel={cancel}
      onSubmit={() => sending.submit(reason.trim())}
    >
      <Field
        form="reopen"
        name="reason"
        label="Reason"
        hint="The originator is told."
        errors={sending.errors}
      >
        {(control) => (
          <textarea
            className="usa-textarea"
            {...control}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
        )}
      </Field>
    </ActionFrame>
  );
}
