import { useEffect, useRef } from 'react';
import type { ActionProps } from './action-props';
import { AnswerForm } from './answer-form';
import { MessageForm } from './message-form';
import { ParticipationForm, ReopenForm, TransferForm } from './move-forms';
import { NoteForm } from './note-form';

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
