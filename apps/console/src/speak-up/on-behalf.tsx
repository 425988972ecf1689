import { Choices, Field, Radio, Select, Tick } from '../ui/form';
import { isoDay } from '../ui/time';
import type { PartProps } from './who-you-are';

const relations = [
  { id: 'advocate', name: 'I speak up for them (advocate)' },
  { id: 'interpreter', name: 'I interpret for them' },
  { id: 'staff', name: 'I work with them (staff)' },
  { id: 'representative', name: 'I represent them' },
];

/** Speaking for someone else, marked as such. */
export function OnBehalf({ form, draft, change, errors }: Omit<PartProps, 'choices'>) {
  const today = new Date();
  const earliest = new Date(today.getTime() - 60 * 86_400_000);
  return (
    <>
      <Tick
        name="onBehalf"
        value="yes"
        label="I am writing this for someone else"
        says="For example a student, or a family you interpret for."
        checked={draft.onBehalf}
        onChange={(onBehalf) => change({ onBehalf })}
      />
      {draft.onBehalf && (
        <div className="hb-inset">
          <Field form={form} name="onBehalfOf.relation" label="How do you speak for them?" errors={errors}>
            {(control) => (
              <Select
                control={control}
                value={draft.relation}
                onChange={(relation) => change({ relation })}
                choices={relations}
              />
            )}
          </Field>
          <Choices form={form} name="onBehalfOf.agreed" label="Did they agree?" errors={errors}>
            <Radio
              name="agreed"
              value="yes"
              label="Yes, they know about this and agree"
              checked={draft.agreed === 'yes'}
              onChange={() => change({ agreed: 'yes' })}
            />
            <Radio
              name="agreed"
              value="no"
              label="They do not know that I am writing"
              says="We take it all the same. The team reads that they were not asked."
              checked={draft.agreed === 'no'}
              onChange={() => change({ agreed: 'no' })}
            />
          </Choices>
          <Choices form={form} name="onBehalfOf.receiptTo" label="Who keeps the receipt?" errors={errors}>
            <Radio
              name="receiptTo"
              value="them"
              label="They do"
              says="The answer goes to them. Give them the code."
              checked={draft.receiptTo === 'them'}
              onChange={() => change({ receiptTo: 'them' })}
            />
            <Radio
              name="receiptTo"
              value="me"
              label="I do"
              says="I will bring them the answer."
              checked={draft.receiptTo === 'me'}
              onChange={() => change({ receiptTo: 'me' })}
            />
          </Choices>
          <Field
            form={form}
            name="heardAt"
            label="When did they tell you?"
            hint="At most 60 days back."
            optional
            errors={errors}
          >
            {(control) => (
              <input
                className="usa-input"
                type="date"
                {...control}
                min={isoDay(earliest)}
                max={isoDay(today)}
                value={draft.heardOn}
                onChange={(event) => change({ heardOn: event.target.value })}
              />
            )}
          </Field>
        </div>
      )}
    </>
  );
}
