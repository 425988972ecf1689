import { useState } from 'react';
import { council, type NewConcern } from '../api/council';
import { useFormWords } from '../app/form-words';
import { Button } from '../ui/button';
import { Choices, ErrorSummary, Field, Select, Tick } from '../ui/form';
import { Empty } from '../ui/notice';
import { Part } from '../ui/page';
import { useSubmit } from '../ui/submit';
import type { RoundProps } from './round-page';

/** What several families say, carried in as one input that has their voices. */
export function CarryConcern({ round, changed }: RoundProps) {
  const words = useFormWords();
  const empty: NewConcern = { text: '', topic: '', kind: 'concern', families: [], language: 'en' };
  const [concern, setConcern] = useState(empty);
  const set = (part: Partial<NewConcern>) => setConcern((before) => ({ ...before, ...part }));
  const sending = useSubmit({
    check: (body: NewConcern) => [
      ...(body.families.length > 0 ? [] : [{ field: 'families', message: 'Tick the families who say this' }]),
      ...(body.topic ? [] : [{ field: 'topic', message: 'Choose a topic' }]),
      ...(body.text.trim() ? [] : [{ field: 'text', message: 'Write what they say' }]),
    ],
    send: (body: NewConcern, key) => council.carry(round.roundId, { ...body, text: body.text.trim() }, key),
    done: (_carried, body) => {
      setConcern(empty);
      changed(
        `It is on its way. It stands for ${body.families.length === 1 ? '1 family' : `${body.families.length} families`}.`,
      );
    },
  });
  const over =
    new Date(round.closesAt).getTime() < Date.now()
      ? 'The round is over. You can still report back.'
      : undefined;
  return (
    <Part title="Carry a concern in" id="carry">
      {round.families.length === 0 ? (
        <Empty>Add the families you represent first.</Empty>
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (!over) sending.submit(concern);
          }}
        >
          <ErrorSummary form="carry" of={sending} />
          <Choices form="carry" name="families" label="Which families say this?" errors={sending.errors}>
            <div className="hb-ticks">
              {round.families.map(({ familyRef }) => (
                <Tick
                  key={familyRef}
                  name="families"
                  value={familyRef}
                  label={familyRef}
                  checked={concern.families.includes(familyRef)}
                  onChange={(on) =>
                    set({
                      families: on
                        ? [...concern.families, familyRef]
                        : concern.families.filter((one) => one !== familyRef),
                    })
                  }
                />
              ))}
            </div>
          </Choices>
          <div className="hb-two">
            <Field form="carry" name="kind" label="Kind" errors={sending.errors}>
              {(control) => (
                <Select
                  control={control}
                  value={concern.kind}
                  onChange={(kind) => set({ kind })}
                  choices={words.kinds}
                  empty={null}
                />
              )}
            </Field>
            <Field form="carry" name="topic" label="Topic" errors={sending.errors}>
              {(control) => (
                <Select
                  control={control}
                  value={concern.topic}
                  onChange={(topic) => set({ topic })}
                  choices={words.topics}
                />
              )}
            </Field>
            <Field form="carry" name="language" label="Language you write in" errors={sending.errors}>
              {(control) => (
                <Select
                  control={control}
                  value={concern.language}
                  onChange={(language) => set({ language })}
                  choices={words.languages}
                  empty={null}
                />
              )}
            </Field>
          </div>
          <Field
            form="carry"
            name="text"
            label="What they say"
            hint="The team reads this. Leave out names."
            errors={sending.errors}
          >
            {(control) => (
              <textarea
                className="usa-textarea"
                {...control}
                dir="auto"
                value={concern.text}
                onChange={(event) => set({ text: event.target.value })}
              />
            )}
          </Field>
          <Button type="submit" pending={sending.pending} because={over}>
            Carry it in
          </Button>
        </form>
      )}
    </Part>
  );
}
