import { useState } from 'react';
import { Link } from 'react-router';
import { intake, type Message, type Receipt } from '../api/intake';
import { Button } from '../ui/button';
import { ErrorSummary, Field } from '../ui/form';
import { Part } from '../ui/page';
import { useSubmit } from '../ui/submit';
import { When } from '../ui/time';

/** The thread: two-way, as long as the loop is open. */
export function Talk({
  receipt,
  code,
  changed,
}: {
  receipt: Receipt;
  code: string;
  changed: (what: string) => void;
}) {
  const [text, setText] = useState('');
  const sending = useSubmit({
    check: (body: { text: string; language: string }) => [
      ...(body.text ? [] : [{ field: 'text', message: 'Write your message' }]),
      ...(body.text.length > 5_000
        ? [{ field: 'text', message: 'Shorten your message to 5,000 characters' }]
        : []),
    ],
    send: (body: { text: string; language: string }) => intake.message(code, body),
    done: () => {
      setText('');
      changed('Your message is with the team.');
    },
  });
  if (!receipt.allowed.includes('message')) {
    return (
      <Part title="You and the team" id="talk">
        <SaidBetween receipt={receipt} />
        <p className="hb-quiet">
          This input is closed. To say more, <Link to="/">speak up again</Link>.
        </p>
      </Part>
    );
  }
  return (
    <Part title="You and the team" id="talk">
      <SaidBetween receipt={receipt} />
      <ErrorSummary form="talk" of={sending} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          sending.submit({ text: text.trim(), language: receipt.language ?? 'en' });
        }}
      >
        <Field form="talk" name="text" label="Write to the team" errors={sending.errors}>
          {(control) => (
            <textarea
              className="usa-textarea"
              {...control}
              dir="auto"
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" look="outline" pending={sending.pending}>
          Send message
        </Button>
      </form>
    </Part>
  );
}

function SaidBetween({ receipt }: { receipt: Receipt }) {
  return (
    <Thread
      messages={receipt.messages}
      you="originator"
      names={{ originator: 'You', team: receipt.team?.name ?? 'The team' }}
    />
  );
}

/** What a line of a case's thread is, besides a message. */
const whats: Record<string, string> = {
  confirmed: 'says it is settled',
  disputed: 'says it is not settled',
  withdrawn: 'took it back',
};

export function Thread({
  messages,
  you,
  names,
  me,
}: {
  messages: Message[];
  /** Who reads this, on a team's screen. */
  me?: string;
  you: Message['from'];
  names: Record<Message['from'], string>;
}) {
  if (messages.length === 0) return <p className="hb-quiet">No messages yet.</p>;
  return (
    <ol className="hb-thread">
      {messages.map((message, n) => (
        <li
          key={`${message.at} ${n}`}
          className={message.from === you ? 'hb-bubble hb-bubble--mine' : 'hb-bubble'}
        >
          <p className="hb-bubble__who">
            {names[message.from]}
            {message.what && message.what !== 'message' ? ` ${whats[message.what] ?? message.what}` : ''}
            {message.by && message.from === 'team'
              ? ` (${message.by === me ? 'you' : message.by})`
              : ''}, <When at={message.at} />
          </p>
          <p className="hb-words" lang={message.language} dir="auto">
            {message.text ?? message.missing}
          </p>
          {message.translations?.map((one) => (
            <p key={one.language} className="hb-words" lang={one.language} dir="auto">
              {one.text}
            </p>
          ))}
        </li>
      ))}
    </ol>
  );
}
