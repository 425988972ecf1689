import { useMutation } from '@tanstack/react-query';
import { useRef } from 'react';
import { newKey, Problem, type FieldError } from '../api/client';

export interface Submission<Body> {
  submit: (body: Body) => void;
  pending: boolean;
  /** Wrong fields, ours and the server's, in one list. */
  errors: FieldError[];
  /** What went wrong when no field is to blame. */
  problem: Problem | undefined;
  /** Grows with each failed try, so that the error summary takes the focus again. */
  failures: number;
  clear: () => void;
}

class LocalErrors extends Error {
  constructor(readonly errors: FieldError[]) {
    super('check the form');
  }
}

/**
 * Sends a form: checks it here first, then lets the server judge. The idempotency key stays the same for the
 * same words, so that a second press after a lost connection cannot raise the same input twice.
 */
export function useSubmit<Body, Result>(options: {
  check?: (body: Body) => FieldError[];
  send: (body: Body, idempotencyKey: string) => Promise<Result>;
  done?: (result: Result, body: Body) => void;
}): Submission<Body> {
  const key = useRef({ body: '', key: '' });
  const failures = useRef(0);
  const mutation = useMutation({
    mutationFn: async (body: Body) => {
      const wrong = options.check?.(body) ?? [];
      if (wrong.length > 0) throw new LocalErrors(wrong);
      const words = JSON.stringify(body);
      if (key.current.body !== words) key.current = { body: words, key: newKey() };
      return options.send(body, key.current.key);
    },
    onSuccess: (result, body) => {
      key.current = { body: '', key: '' };
      options.done?.(result, body);
    },
    onError: () => void (failures.current += 1),
  });
  const error: unknown = mutation.error;
  return {
    submit: (body) => void (mutation.isPending || mutation.mutate(body)),
    pending: mutation.isPending,
    errors: error instanceof LocalErrors ? error.errors : error instanceof Problem ? error.errors : [],
    problem:
      error instanceof Problem
        ? error
        : error && !(error instanceof LocalErrors)
          ? unexpected(error)
          : undefined,
    failures: failures.current,
    clear: () => mutation.reset(),
  };
}

const unexpected = (error: unknown) => new Problem(0, 'Something went wrong', String(error), [], undefined);

/** `/contact/address`, `contact.address` and `contact[address]` name the same field. */
export const plainField = (field: string): string =>
  field
    .replace(/^[/$.]+/, '')
    .replaceAll(/[/[]/g, '.')
    .replaceAll(']', '')
    // A report back sends its one answer in a list.
    .replace(/^answers\.0\.(?=[a-z])/, '');

/** The message for a field, or for a part of it. */
export function errorFor(errors: FieldError[], field: string): string | undefined {
  const found = errors.find((error) => {
    const name = plainField(error.field);
    return name === field || name.startsWith(`${field}.`);
  });
  return found?.message;
}
