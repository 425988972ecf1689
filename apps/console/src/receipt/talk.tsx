import { useState } from 'react';
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
  const closed = receipt.allowed.includes('message')
    ? undefined
    : 'This input is closed. To say more, speak up again.';
  return (
    <Part title="You and the team" id="talk">
      <Thread
        messages={receipt.messages}
        you="originator"
        names={{ originator: 'You', team: receipt.team?.name ?? 'The team' }}
      />
      <ErrorSummary form="talk" of={sending} />
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!closed) sending.submit({ text: text.trim(), language: receipt.language ?? 'en' });
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
        <Button type="submit" look="outline" pending={sending.pending} because={closed}>
          Send message
        </Button>
      </form>
    </Part>
  );
}

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
            {message.what && message.what !== 'message' ? `, ${message.what}` : ''}
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
