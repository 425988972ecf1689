import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { casework, type CaseDetail, type Team } from '../api/casework';
import type { FieldError } from '../api/client';
import type { Me } from '../api/me';
import { participations, type Participation } from '../api/words';
import { useFormWords } from '../app/form-words';
import { Button } from '../ui/button';
import { ErrorSummary, Field, Select, Tick } from '../ui/form';
import { useSubmit, type Submission } from '../ui/submit';
import { AnswerForm } from './answer-form';

export interface ActionProps {
  one: CaseDetail;
  etag: string;
  me: Me;
  changed: (what: string) => void;
  cancel: () => void;
}

/** The form of the action that the address names. */
export function ActionForm({ action, ...props }: ActionProps & { action: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => box.current?.focus(), []);
  const form = {
    answer: <AnswerForm {...props} />,
    message: <MessageForm {...props} />,
    note: <NoteForm {...props} />,
    transfer: <TransferForm {...props} />,
    participation: <ParticipationForm {...props} />,
    reopen: <ReopenForm {...props} />,
  }[action];
  if (!form) return null;
  return (
    <div id="action-form" ref={box} tabIndex={-1} className="hb-part hb-part--strong">
      {form}
    </div>
  );
}

/** Title, errors, fields, and the two ways out. */
export function ActionFrame({ form, title, of, onSubmit, send, cancel, children }: { form: string; title: string; of: Pick<Submission<never>, 'errors' | 'problem' | 'failures' | 'pending'>; onSubmit: () => void; send: string; cancel: () => void; children: ReactNode }) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <h2>{title}</h2>
      <ErrorSummary form={form} of={of} />
      {children}
      <div className="hb-actions">
        <Button type="submit" pending={of.pending}>
          {send}
        </Button>
        <Button look="outline" onClick={cancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}

const owed = (field: string, value: string, message: string): FieldError[] => (value.trim() ? [] : [{ field, message }]);

type MessageBody = Parameters<typeof casework.message>[1];

function MessageForm({ one, changed, cancel }: ActionProps) {
  const words = useFormWords();
  const [text, setText] = useState('');
  const [language, setLanguage] = useState('en');
  const [waits, setWaits] = useState(false);
  const [to, setTo] = useState(one.inputs.length > 1 ? 'all' : (one.inputs[0]?.inputId ?? ''));
  const sending = useSubmit({
    check: (body: MessageBody) => owed('text', body.text, 'Write your message'),
    send: (body: MessageBody) => casework.message(one.caseId, body),
    done: () => changed('Your message is on its way.'),
  });
  return (
    <ActionFrame form="message" title="Write to the originator" of={sending} send="Send message" cancel={cancel} onSubmit={() => sending.submit({ text: text.trim(), language, ...(to === 'all' ? { toAll: true } : { inputId: to }), ...(waits && { waitForReply: true }) })}>
      {one.inputs.length > 1 && (
        <Field form="message" name="inputId" label="To" errors={sending.errors}>
          {(control) => (
            <Select control={control} value={to} onChange={setTo} empty={null} choices={[{ id: 'all', name: `All ${one.inputs.length} originators` }, ...one.inputs.map((input, n) => ({ id: input.inputId, name: `Input ${n + 1}: ${(input.text ?? '').slice(0, 40)}` }))]} />
          )}
        </Field>
      )}
      <Field form="message" name="language" label="Language" errors={sending.errors}>
        {(control) => <Select control={control} value={language} onChange={setLanguage} choices={words.languages} empty={null} />}
      </Field>
      <Field form="message" name="text" label="Message" errors={sending.errors}>
        {(control) => <textarea className="usa-textarea" {...control} lang={language} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
      <Tick name="waitForReply" value="yes" label="We need their reply to go on" says="The clock stops until they write." checked={waits} onChange={setWaits} />
    </ActionFrame>
  );
}

function NoteForm({ one, changed, cancel }: ActionProps) {
  const [text, setText] = useState('');
  const sending = useSubmit({
    check: (body: string) => owed('text', body, 'Write the note'),
    send: (body: string) => casework.note(one.caseId, body),
    done: () => changed('The note is added.'),
  });
  return (
    <ActionFrame form="note" title="Add a note" of={sending} send="Add note" cancel={cancel} onSubmit={() => sending.submit(text.trim())}>
      <Field form="note" name="text" label="Note" hint="For your team only. It is never sent to anyone." errors={sending.errors}>
        {(control) => <textarea className="usa-textarea" {...control} value={text} onChange={(event) => setText(event.target.value)} />}
      </Field>
    </ActionFrame>
  );
}

function TransferForm({ one, changed, cancel }: ActionProps) {
  const [teamId, setTeamId] = useState('');
  const [note, setNote] = useState('');
  // Members may not list the teams: they then write the team's id.
  const teams = useQuery({ queryKey: ['teams'], queryFn: casework.teams, retry: false, staleTime: 300_000 });
  const listed = (teams.data ? teamsOf(teams.data) : []).filter((team) => team.teamId !== one.teamId);
  const sending = useSubmit({
    check: (body: { teamId: string; note: string }) => [...owed('teamId', body.teamId, 'Choose the team'), ...owed('note', body.note, 'Tell the new team why')],
    send: (body: { teamId: string; note: string }) => casework.transfer(one.caseId, body),
    done: () => changed('The case is with the other team once it accepts. The originator is told.'),
  });
  return (
    <ActionFrame form="transfer" title="Transfer to another team" of={sending} send="Transfer" cancel={cancel} onSubmit={() => sending.submit({ teamId: teamId.trim(), note: note.trim() })}>
      <Field form="transfer" name="teamId" label="Team" hint={listed.length === 0 ? 'Write the id of the team, for example transport.' : undefined} errors={sending.errors}>
        {(control) =>
          listed.length > 0 ? (
            <Select control={control} value={teamId} onChange={setTeamId} choices={listed.map((team) => ({ id: team.teamId, name: team.name }))} />
          ) : (
            <input className="usa-input" type="text" {...control} value={teamId} onChange={(event) => setTeamId(event.target.value)} />
          )
        }
      </Field>
      <Field form="transfer" name="note" label="Note to the new team" errors={sending.errors}>
        {(control) => <textarea className="usa-textarea" {...control} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
    </ActionFrame>
  );
}

const teamsOf = (answer: Awaited<ReturnType<typeof casework.teams>>): Team[] =>
  Array.isArray(answer) ? answer : (answer.teams ?? answer.items ?? []);

const ladder = Object.keys(participations) as Participation[];

function ParticipationForm({ one, changed, cancel }: ActionProps) {
  const [level, setLevel] = useState<string>(one.participation ?? 'inform');
  const [reason, setReason] = useState('');
  const lower = ladder.indexOf(level as Participation) < ladder.indexOf(one.participation ?? 'inform');
  const sending = useSubmit({
    check: (body: { level: Participation; reason?: string }) => (lower ? owed('reason', body.reason ?? '', 'Say why it is lower; the originator reads it') : []),
    send: (body: { level: Participation; reason?: string }) => casework.participation(one.caseId, body),
    done: () => changed('The participation level is changed. The originator is told.'),
  });
  return (
    <ActionFrame form="participation" title="Change participation" of={sending} send="Change" cancel={cancel} onSubmit={() => sending.submit({ level: level as Participation, ...(reason.trim() && { reason: reason.trim() }) })}>
      <Field form="participation" name="level" label="Level" hint="Anyone on the team may raise it. Lowering takes a lead and a reason." errors={sending.errors}>
        {(control) => <Select control={control} value={level} onChange={setLevel} empty={null} choices={ladder.map((id) => ({ id, name: `${participations[id].name}: ${participations[id].says}` }))} />}
      </Field>
      <Field form="participation" name="reason" label="Reason" optional={!lower} errors={sending.errors}>
        {(control) => <textarea className="usa-textarea" {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
    </ActionFrame>
  );
}

function ReopenForm({ one, changed, cancel }: ActionProps) {
  const [reason, setReason] = useState('');
  const sending = useSubmit({
    check: (body: string) => owed('reason', body, 'Say why you reopen it'),
    send: (body: string) => casework.reopen(one.caseId, body),
    done: () => changed('The case is open again.'),
  });
  return (
    <ActionFrame form="reopen" title="Reopen the case" of={sending} send="Reopen" cancel={cancel} onSubmit={() => sending.submit(reason.trim())}>
      <Field form="reopen" name="reason" label="Reason" hint="The originator is told." errors={sending.errors}>
        {(control) => <textarea className="usa-textarea" {...control} value={reason} onChange={(event) => setReason(event.target.value)} />}
      </Field>
    </ActionFrame>
  );
}
