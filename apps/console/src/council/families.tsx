import { useState } from 'react';
import { contactHows, contactResults, council, type Family } from '../api/council';
import { useFormWords } from '../app/form-words';
import { Button } from '../ui/button';
import { ErrorSummary, Field, Select, Tick } from '../ui/form';
import { Part } from '../ui/page';
import { useSubmit } from '../ui/submit';
import { languageName, When } from '../ui/time';
import type { RoundProps } from './round-page';

/** The families represented, each by the representative's own word for it, and the contacts with them. */
export function Families({ round, changed }: RoundProps) {
  const lastOf = (familyRef: string) =>
    round.contacts.filter((contact) => contact.familyRef === familyRef).at(-1);
  return (
    <Part title={`Families (${round.families.length})`} id="families">
      {round.families.length > 0 && (
        <table className="usa-table usa-table--borderless hb-table hb-stacked">
          <caption className="usa-sr-only">Families you represent, with the last contact</caption>
          <thead>
            <tr>
              <th scope="col">Family</th>
              <th scope="col">Language</th>
              <th scope="col">Last contact</th>
              <th scope="col">Reported back</th>
            </tr>
          </thead>
          <tbody>
            {round.families.map((family) => {
              const last = lastOf(family.familyRef);
              return (
                <tr key={family.familyRef}>
                  <th scope="row" data-label="Family">
                    <span>{family.familyRef}</span>
                    {!family.contactAllowed && <span className="hb-quiet">asked not to be contacted</span>}
                  </th>
                  <td data-label="Language">{languageName(family.language)}</td>
                  <td data-label="Last contact">
                    {last ? (
                      <span>
                        {contactResults.find((one) => one.id === last.result)?.name ?? last.result}
                        <span className="hb-quiet">
                          {contactHows.find((one) => one.id === last.how)?.name ?? last.how},{' '}
                          <When at={last.at} dateOnly />
                        </span>
                      </span>
                    ) : (
                      <span className="hb-quiet">none yet</span>
                    )}
                  </td>
                  <td data-label="Reported back">
                    {family.reportedBack ? 'Yes' : <span className="hb-quiet">not yet</span>}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
      <details className="hb-fold" open={round.families.length === 0}>
        <summary>Add a family</summary>
        <AddFamily round={round} changed={changed} />
      </details>
      {round.families.length > 0 && (
        <details className="hb-fold">
          <summary>Log a contact</summary>
          <LogContact round={round} changed={changed} />
        </details>
      )}
    </Part>
  );
}

function AddFamily({ round, changed }: RoundProps) {
  const words = useFormWords();
  const empty: Family = { familyRef: '', language: 'en', contactAllowed: true };
  const [family, setFamily] = useState(empty);
  const sending = useSubmit({
    check: (body: Family) =>
      body.familyRef ? [] : [{ field: 'familyRef', message: 'Give your own word for the family' }],
    send: (body: Family) => council.addFamily(round.roundId, body),
    done: (_list, body) => {
      setFamily({ ...empty, language: body.language });
      changed(`${body.familyRef} is on your list.`);
    },
  });
  return (
    <form
      noValidate
      className="hb-inset"
      onSubmit={(event) => {
        event.preventDefault();
        sending.submit({ ...family, familyRef: family.familyRef.trim() });
      }}
    >
      <ErrorSummary form="family" of={sending} />
      <Field
        form="family"
        name="familyRef"
        label="Your own word for the family"
        hint="For example fam-17. Never a name or an address."
        errors={sending.errors}
      >
        {(control) => (
          <input
            className="usa-input"
            type="text"
            maxLength={64}
            autoComplete="off"
            {...control}
            value={family.familyRef}
            onChange={(event) => setFamily({ ...family, familyRef: event.target.value })}
          />
        )}
      </Field>
      <Field form="family" name="language" label="Language" errors={sending.errors}>
        {(control) => (
          <Select
            control={control}
            value={family.language}
            onChange={(language) => setFamily({ ...family, language })}
            choices={words.languages}
            empty={null}
          />
        )}
      </Field>
      <Tick
        name="contactAllowed"
        value="yes"
        label="I may contact them"
        checked={family.contactAllowed}
        onChange={(contactAllowed) => setFamily({ ...family, contactAllowed })}
      />
      <Button type="submit" look="outline" pending={sending.pending}>
        Add the family
      </Button>
    </form>
  );
}

function LogContact({ round, changed }: RoundProps) {
  const empty = { familyRef: '', how: '', result: '' };
  const [contact, setContact] = useState(empty);
  const sending = useSubmit({
    check: (body: typeof empty) => [
      ...(body.familyRef ? [] : [{ field: 'familyRef', message: 'Choose the family' }]),
      ...(body.how ? [] : [{ field: 'how', message: 'Choose how you reached out' }]),
      ...(body.result ? [] : [{ field: 'result', message: 'Choose what came of it' }]),
    ],
    send: (body: typeof empty, key) =>
      council.contact(round.roundId, { ...body, at: new Date().toISOString() }, key),
    done: (_logged, body) => {
      setContact(empty);
      changed(`The contact with ${body.familyRef} is logged.`);
    },
  });
  return (
    <form
      noValidate
      className="hb-inset"
      onSubmit={(event) => {
        event.preventDefault();
        sending.submit(contact);
      }}
    >
      <ErrorSummary form="contact" of={sending} />
      <Field form="contact" name="familyRef" label="Family" errors={sending.errors}>
        {(control) => (
          <Select
            control={control}
            value={contact.familyRef}
            onChange={(familyRef) => setContact({ ...contact, familyRef })}
            choices={round.families
              .filter((family) => family.contactAllowed)
              .map((family) => ({ id: family.familyRef, name: family.familyRef }))}
          />
        )}
      </Field>
      <Field form="contact" name="how" label="How" errors={sending.errors}>
        {(control) => (
          <Select
            control={control}
            value={contact.how}
            onChange={(how) => setContact({ ...contact, how })}
            choices={contactHows}
          />
        )}
      </Field>
      <Field form="contact" name="result" label="What came of it" errors={sending.errors}>
        {(control) => (
          <Select
            control={control}
            value={contact.result}
            onChange={(result) => setContact({ ...contact, result })}
            choices={contactResults}
          />
        )}
      </Field>
      <Button type="submit" look="outline" pending={sending.pending}>
        Log the contact
      </Button>
    </form>
  );
}
