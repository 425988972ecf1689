import type { ReactNode } from 'react';
import type { FieldError } from '../api/client';
import { Button } from './button';
import { ErrorSummary } from './form';
import type { Submission } from './submit';

/** Title, errors, fields, and the two ways out. */
export function ActionFrame({
  form,
  title,
  of,
  onSubmit,
  send,
  cancel,
  children,
}: {
  form: string;
  title: string;
  of: Pick<Submission<never>, 'errors' | 'problem' | 'failures' | 'pending'>;
  onSubmit: () => void;
  send: string;
  cancel: () => void;
  children: ReactNode;
}) {
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <h2 id={`${form}-title`}>{title}</h2>
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

/** A field that must not be empty. */
export const owed = (field: string, value: string, message: string): FieldError[] =>
  value.trim() ? [] : [{ field, message }];
