import { useEffect, useState } from 'react';
import { Link } from 'react-router';
import { intake, type Accepted, type LocalForm, type Topic } from '../api/intake';
import { announceScreen } from '../ui/arrival';
import { Button } from '../ui/button';
import { Choices, ErrorSummary, Tick } from '../ui/form';
import { Notice } from '../ui/notice';
import { Page, Part } from '../ui/page';
import { useSubmit } from '../ui/submit';
import { schoolDays } from './before-sending';

/** The receipt, shown once. The code travels in the fragment, which no server sees. */
export function Sent({
  accepted,
  choices,
  forThem,
  topic,
  again,
}: {
  accepted: Accepted;
  topic: Topic | undefined;
  choices: LocalForm;
  forThem: boolean;
  again: () => void;
}) {
  const [copied, setCopied] = useState('');
  // The same address, and yet a new screen: the form was long, and its button is gone.
  useEffect(() => {
    window.scrollTo(0, 0);
    announceScreen();
  }, []);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(accepted.receipt);
      setCopied('The code is copied.');
    } catch {
      setCopied('Your browser did not let us copy it. Please write it down.');
    }
  };
  return (
    <Page
      title="Thank you. We have it."
      lead="This is your receipt code. We show it only now, and cannot send it again. With it you follow your input, write to the team and read the answer."
    >
      <div className="hb-receipt">
        <p className="hb-receipt__label" id="code-label">
          {forThem ? 'Receipt code, for the person you wrote for' : 'Your receipt code'}
        </p>
        <output className="hb-receipt__code" aria-labelledby="code-label" data-testid="receipt-code">
          {accepted.receipt}
        </output>
        <div className="hb-actions hb-noprint">
          <Button onClick={() => void copy()}>Copy the code</Button>
          <Button look="outline" onClick={() => window.print()}>
            Print this page
          </Button>
          <Link
            className="usa-button usa-button--outline"
            to={{ pathname: '/receipt', hash: `#${accepted.receipt}` }}
          >
            Follow it now
          </Link>
        </div>
        <p role="status" className="hb-quiet">
          {copied}
        </p>
      </div>
      <Notice tone="warning" title="Keep it like a key">
        Anyone who has the code can read the answer. If you share this computer, write the code down and close
        this page.
      </Notice>
      {topic && (
        <Part title="What happens now" id="next">
          <ol className="hb-steps">
            <li>Within {schoolDays(topic.targets.acknowledgeDays)} a person picks it up.</li>
            <li>Within {schoolDays(topic.targets.answerDays)} you have an answer.</li>
            <li>Come back with your code at any time, to see where it is or to write to the team.</li>
          </ol>
        </Part>
      )}
      <AboutMe receipt={accepted.receipt} choices={choices} />
      <p className="hb-noprint">
        <Button look="plain" onClick={again}>
          Say something else
        </Button>
      </p>
    </Page>
  );
}

/** Optional, after the receipt: standings and groups, which only reports read. */
export function AboutMe({
  receipt,
  choices,
}: {
  receipt: string;
  choices: Pick<LocalForm, 'standings' | 'groups' | 'lang'>;
}) {
  const [standings, setStandings] = useState<string[]>([]);
  const [groups, setGroups] = useState<string[]>([]);
  const [saved, setSaved] = useState(false);
  const sending = useSubmit({
    send: (body: { standings?: string[]; groups?: string[] }) => intake.aboutMe(receipt, body),
    done: () => setSaved(true),
  });
  if (choices.standings.length + choices.groups.length === 0) return null;
  if (saved) {
    return (
      <Notice tone="success" live title="Thank you">
        It is used only to count, in groups large enough that nobody can be picked out.
      </Notice>
    );
  }
  const toggle = (list: string[], id: string, on: boolean) =>
    on ? [...list, id] : list.filter((one) => one !== id);
  const chosen = standings.length + groups.length > 0;
  return (
    <Part title="One more thing, only if you want" id="about-me" tone="soft">
      <p>
        This helps the district see who it hears and who it does not. No team sees it, and it is never shown
        for one person. It changes nothing about your answer.
      </p>
      <ErrorSummary form="about" of={sending} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          sending.submit({
            ...(standings.length > 0 && { standings }),
            ...(groups.length > 0 && { groups }),
          });
        }}
      >
        {choices.standings.length > 0 && (
          <Choices
            form="about"
            name="standings"
            label="Does one of these fit you?"
            optional
            errors={sending.errors}
          >
            {choices.standings.map((one) => (
              <Tick
                key={one.id}
                name="standings"
                value={one.id}
                label={<span lang={choices.lang}>{one.name}</span>}
                checked={standings.includes(one.id)}
                onChange={(on) => setStandings(toggle(standings, one.id, on))}
              />
            ))}
          </Choices>
        )}
        {choices.groups.length > 0 && (
          <Choices
            form="about"
            name="groups"
            label="Do you, or your child, belong to one of these groups?"
            optional
            errors={sending.errors}
          >
            <div className="hb-ticks">
              {choices.groups.map((one) => (
                <Tick
                  key={one.id}
                  name="groups"
                  value={one.id}
                  label={<span lang={choices.lang}>{one.name}</span>}
                  checked={groups.includes(one.id)}
                  onChange={(on) => setGroups(toggle(groups, one.id, on))}
                />
              ))}
            </div>
          </Choices>
        )}
        <Button
          type="submit"
          look="outline"
          pending={sending.pending}
          because={chosen ? undefined : 'Tick something first, or just leave this part.'}
        >
          Save this
        </Button>
      </form>
    </Part>
  );
}
