import type { ReactNode } from 'react';
import type { CaseDetail } from '../api/casework';
import type { FieldError } from '../api/client';
import type { Me } from '../api/me';
import { Button } from '../ui/button';
import { ErrorSummary } from '../ui/form';
import type { Submission } from '../ui/submit';

export interface ActionProps {
  one: CaseDetail;
  etag: string;
  me: Me;
  changed: (what: string) => void;
  cancel: () => void;
}

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
      <h2>{title}</h2>
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
