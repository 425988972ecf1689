import type { FieldError } from '../api/client';
import type { SpeakUpForm } from '../api/intake';
import { isoDay } from '../ui/time';
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

const relations = [
  { id: 'advocate', name: 'I speak up for them (advocate)' },
  { id: 'interpreter', name: 'I interpret for them' },
  { id: 'staff', name: 'I work with them (staff)' },
  { id: 'representative', name: 'I represent them' },
];

interface Props {
  form: string;
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  choices: SpeakUpForm;
  errors: FieldError[];
}

/** With a name, reachable, or fully anonymous: each in a sentence that says what it means. */
export function WhoYouAre({ form, draft, change, choices, errors }: Props) {
  return (
    <>
      <Choices form={form} name="way" label="How do you want to speak?" errors={errors}>
        {ways.map(({ way, name, says }) => (
          <Radio key={way} name="way" value={way} label={name} says={says} checked={draft.way === way} onChange={() => change({ way })} />
        ))}
      </Choices>
      {draft.way === 'named' && (
        <>
          <Field form={form} name="name" label="Your name" errors={errors}>
            {(control) => (
              <input className="usa-input" type="text" autoComplete="name" {...control} value={draft.name} onChange={(event) => change({ name: event.target.value })} />
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
            {(control) => <Select control={control} value={draft.channel} onChange={(channel) => change({ channel })} choices={choices.channels} />}
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

/** Speaking for someone else, marked as such. */
export function OnBehalf({ form, draft, change, errors }: Omit<Props, 'choices'>) {
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
            {(control) => <Select control={control} value={draft.relation} onChange={(relation) => change({ relation })} choices={relations} />}
          </Field>
          <Choices form={form} name="onBehalfOf.agreed" label="Did they agree?" errors={errors}>
            <Tick name="agreed" value="yes" label="Yes, they know about this and agree" checked={draft.agreed} onChange={(agreed) => change({ agreed })} />
          </Choices>
          <Choices form={form} name="onBehalfOf.receiptTo" label="Who keeps the receipt?" errors={errors}>
            <Radio name="receiptTo" value="them" label="They do" says="The answer goes to them. Give them the code." checked={draft.receiptTo === 'them'} onChange={() => change({ receiptTo: 'them' })} />
            <Radio name="receiptTo" value="me" label="I do" says="I will bring them the answer." checked={draft.receiptTo === 'me'} onChange={() => change({ receiptTo: 'me' })} />
          </Choices>
          <Field form={form} name="heardAt" label="When did they tell you?" hint="At most 60 days back." optional errors={errors}>
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

/** "Not to be seen by": the input then goes to the next level up. */
export function NotSeenBy({ form, draft, change, choices, errors, orgName }: Props & { orgName: string | undefined }) {
  const teams = choices.teams ?? [];
  return (
    <Choices
      form={form}
      name="notSeenBy"
      label="Is there someone who should not see this?"
      hint="Whoever you name here can not open it, find it or count it. It goes to the next level up instead."
      errors={errors}
    >
      <Radio name="hide" value="nobody" label="No" says="The team for this topic may see it." checked={draft.hide === 'nobody'} onChange={() => change({ hide: 'nobody' })} />
      <Radio
        name="hide"
        value="school"
        label={orgName ? `Not ${orgName}` : 'Not the school'}
        says="It goes to the level above, most often the district."
        checked={draft.hide === 'school'}
        onChange={() => change({ hide: 'school' })}
      />
      <Radio
        name="hide"
        value="teams"
        label="Not a certain team"
        says={teams.length > 0 ? 'You choose which one.' : 'Your district does not list its teams here. Choose the school above, and it goes one level up.'}
        disabled={teams.length === 0}
        checked={draft.hide === 'teams'}
        onChange={() => change({ hide: 'teams' })}
      />
      {draft.hide === 'teams' && (
        <div className="hb-inset">
          {teams.map((team) => (
            <Tick
              key={team.id}
              name="hiddenTeams"
              value={team.id}
              label={team.name}
              checked={draft.hiddenTeams.includes(team.id)}
              onChange={(on) => change({ hiddenTeams: on ? [...draft.hiddenTeams, team.id] : draft.hiddenTeams.filter((id) => id !== team.id) })}
            />
          ))}
        </div>
      )}
    </Choices>
  );
}
