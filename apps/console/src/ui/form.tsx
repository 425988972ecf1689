import { useEffect, useId, useRef, type ReactNode } from 'react';
import type { FieldError } from '../api/client';
import { errorFor, plainField, type Submission } from './submit';

/** The element id of a field, so that the error summary can lead to it. */
const fieldId = (form: string, field: string) => `${form}-${field.replaceAll('.', '-')}`;

/** What went wrong, above the form. It takes the focus, and each line leads to its field. */
export function ErrorSummary({
  form,
  of,
}: {
  form: string;
  of: Pick<Submission<never>, 'errors' | 'problem' | 'failures'>;
}) {
  const box = useRef<HTMLDivElement>(null);
  const shown = of.errors.length > 0 || of.problem !== undefined;
  useEffect(() => {
    if (shown) box.current?.focus();
  }, [shown, of.failures]);
  if (!shown) return null;
  return (
    <div ref={box} tabIndex={-1} className="usa-alert usa-alert--error hb-summary" role="alert">
      <div className="usa-alert__body">
        <p className="usa-alert__heading">
          {of.errors.length > 0 ? 'Please check this' : (of.problem?.title ?? '')}
        </p>
        {of.errors.length > 0 ? (
          <ul className="usa-list">
            {of.errors.map((error) => (
              <li key={`${error.field} ${error.message}`}>
                <SummaryLine form={form} error={error} />
              </li>
            ))}
          </ul>
        ) : (
          <p className="usa-alert__text">
            {of.problem?.detail}
            {of.problem?.allowed?.length ? ` You can still: ${of.problem.allowed.join(', ')}.` : ''}
          </p>
        )}
      </div>
    </div>
  );
}

function SummaryLine({ form, error }: { form: string; error: FieldError }) {
  const name = plainField(error.field);
  const lead = () => {
    const parts = name.split('.');
    for (let n = parts.length; n > 0; n--) {
      const target = document.getElementById(fieldId(form, parts.slice(0, n).join('.')));
      if (!target) continue;
      (target.matches('fieldset') ? (target.querySelector('input') ?? target) : target).focus();
      return;
    }
  };
  return (
    <button type="button" className="usa-button usa-button--unstyled" onClick={lead}>
      {error.message}
    </button>
  );
}

interface FieldProps {
  form: string;
  name: string;
  label: ReactNode;
  hint?: ReactNode;
  optional?: boolean;
  errors: FieldError[];
}
export interface ControlProps {
  id: string;
  name: string;
  'aria-describedby': string | undefined;
  'aria-invalid': boolean | undefined;
  'aria-required': boolean | undefined;
}

/** A label, a hint and the field's own error around one control. */
export function Field({
  form,
  name,
  label,
  hint,
  optional,
  errors,
  children,
}: FieldProps & { children: (control: ControlProps) => ReactNode }) {
  const id = fieldId(form, name);
  const error = errorFor(errors, name);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <div className={error ? 'usa-form-group usa-form-group--error' : 'usa-form-group'}>
      <label className={error ? 'usa-label usa-label--error' : 'usa-label'} htmlFor={id}>
        {label} {optional && <span className="hb-optional">(you may leave this out)</span>}
      </label>
      {hint && (
        <span className="usa-hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {error && (
        <span className="usa-error-message" id={`${id}-error`}>
          {error}
        </span>
      )}
      {children({
        id,
        name,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
        'aria-required': optional ? undefined : true,
      })}
    </div>
  );
}

/** A group of radio buttons or tick boxes with its own legend, hint and error. */
export function Choices({
  form,
  name,
  label,
  hint,
  optional,
  errors,
  children,
}: FieldProps & { children: ReactNode }) {
  const id = fieldId(form, name);
  const error = errorFor(errors, name);
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  return (
    <fieldset
      id={id}
      tabIndex={-1}
      className={error ? 'usa-fieldset usa-form-group usa-form-group--error' : 'usa-fieldset usa-form-group'}
      aria-describedby={described || undefined}
    >
      <legend className="usa-legend hb-legend">
        {label} {optional && <span className="hb-optional">(you may leave this out)</span>}
      </legend>
      {hint && (
        <span className="usa-hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {error && (
        <span className="usa-error-message" id={`${id}-error`}>
          {error}
        </span>
      )}
      {children}
    </fieldset>
  );
}

interface TickProps {
  name: string;
  value: string;
  label: ReactNode;
  says?: ReactNode;
  checked: boolean;
  onChange: (checked: boolean) => void;
  disabled?: boolean;
}

export function Radio({ name, value, label, says, checked, onChange, disabled }: TickProps) {
  const id = useId();
  return (
    <div className="usa-radio">
      <input
        className="usa-radio__input usa-radio__input--tile"
        id={id}
        type="radio"
        name={name}
        value={value}
        checked={checked}
        disabled={disabled}
        onChange={() => onChange(true)}
      />
      <label className="usa-radio__label" htmlFor={id}>
        {label}
        {says && <span className="usa-radio__label-description">{says}</span>}
      </label>
    </div>
  );
}

export function Tick({ name, value, label, says, checked, onChange, disabled }: TickProps) {
  const id = useId();
  return (
    <div className="usa-checkbox">
      <input
        className="usa-checkbox__input"
        id={id}
        type="checkbox"
        name={name}
        value={value}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.target.checked)}
      />
      <label className="usa-checkbox__label" htmlFor={id}>
        {label}
        {says && <span className="usa-checkbox__label-description">{says}</span>}
      </label>
    </div>
  );
}

export function Select({
  control,
  value,
  onChange,
  choices,
  empty = 'Choose one',
  lang,
}: {
  control: ControlProps;
  value: string;
  onChange: (value: string) => void;
  choices: readonly { id: string; name: string }[];
  /** The line for "nothing chosen"; null when something always is. */
  empty?: string | null;
  /** The language of the choices' names, where it is not the page's. */
  lang?: string | undefined;
}) {
  return (
    <select
      className="usa-select"
      {...control}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {empty !== null && <option value="">{empty}</option>}
      {choices.map((choice) => (
        <option key={choice.id} value={choice.id} lang={lang}>
          {choice.name}
        </option>
      ))}
    </select>
  );
}
