import type { FieldError } from '../api/client';
import type { SpeakUpForm } from '../api/intake';
import { Choices, Field, Radio, Select, Tick } from '../ui/form';
import { asksContact, type Draft, type Way } from './draft';

const ways: { way: Way; name: string; says: string }[] = [
  { way: 'named', name: 'With my name', says: 'The team sees your name with what you say.' },
  {
    way: 'reachable',
    name: 'Without my name, but you can reach me',
    says: 'No team sees who you are. We keep your contact locked away, and use it only to bring you the answer.',
  },
  {
    way: 'anonymous',
    name: 'Fully anonymous',
    says: 'We keep nothing about you. Only your receipt code leads back to the answer, so keep it safe.',
  },
];

export interface PartProps {
  form: string;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  choices: SpeakUpForm;
  errors: FieldError[];
}

/** With a name, reachable, or fully anonymous: each in a sentence that says what it means. */
export function WhoYouAre({ form, draft, change, choices, errors }: PartProps) {
  return (
    <>
      <Choices form={form} name="way" label="How do you want to speak?" errors={errors}>
        {ways.map(({ way, name, says }) => (
          <Radio
            key={way}
            name="way"
            value={way}
            label={name}
            says={says}
            checked={draft.way === way}
            onChange={() => change({ way })}
          />
        ))}
      </Choices>
      {draft.way === 'named' && (
        <>
          <Field form={form} name="name" label="Your name" errors={errors}>
            {(control) => (
              <input
                className="usa-input"
                type="text"
                autoComplete="name"
                {...control}
                value={draft.name}
                onChange={(event) => change({ name: event.target.value })}
              />
            )}
          </Field>
          <Tick
            name="wantsContact"
            value="yes"
            label="Send me a message when something happens"
            checked={draft.wantsContact}
            onChange={(wantsContact) => change({ wantsContact })}
          />
        </>
      )}
      {asksContact(draft) && (
        <div className="hb-inset">
          <Field form={form} name="contact.channel" label="How can we reach you?" errors={errors}>
            {(control) => (
              <Select
                control={control}
                value={draft.channel}
                onChange={(channel) => change({ channel })}
                choices={choices.channels}
              />
            )}
          </Field>
          <Field
            form={form}
            name="contact.address"
            label={draft.channel === 'email' ? 'E-mail address' : 'Number or address'}
            hint="Teams never see this."
            errors={errors}
          >
            {(control) => (
              <input
                className="usa-input"
                type={draft.channel === 'email' ? 'email' : 'text'}
                autoComplete={draft.channel === 'email' ? 'email' : 'on'}
                {...control}
                value={draft.address}
                onChange={(event) => change({ address: event.target.value })}
              />
            )}
          </Field>
          <Tick
            name="textInMessage"
            value="yes"
            label="Put the words of the answer in the message"
            says="If you share your inbox, leave this off. The message then only says that something is waiting for you."
            checked={draft.textInMessage}
            onChange={(textInMessage) => change({ textInMessage })}
          />
        </div>
      )}
    </>
  );
}
