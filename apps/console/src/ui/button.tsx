import { useId, type ReactNode } from 'react';

type Look = 'solid' | 'outline' | 'plain';
const looks: Record<Look, string> = {
  solid: 'usa-button',
  outline: 'usa-button usa-button--outline',
  plain: 'usa-button usa-button--unstyled',
};

/** A button that says why it cannot be pressed instead of going away. */
export function Button({
  children,
  onClick,
  look = 'solid',
  type = 'button',
  pending = false,
  because,
  expanded,
  controls,
}: {
  children: ReactNode;
  onClick?: () => void;
  look?: Look;
  type?: 'button' | 'submit';
  pending?: boolean;
  /** Why it cannot be pressed now. */
  because?: string | undefined;
  expanded?: boolean;
  controls?: string;
}) {
  const id = useId();
  const off = pending || because !== undefined;
  return (
    <span className="hb-button">
      <button
        type={type}
        className={looks[look]}
        aria-disabled={off || undefined}
        aria-describedby={because ? id : undefined}
        aria-expanded={expanded}
        aria-controls={expanded ? controls : undefined}
        onClick={(event) => {
          if (off) event.preventDefault();
          else onClick?.();
        }}
      >
        {pending ? 'One moment…' : children}
      </button>
      {because && (
        <span className="hb-because" id={id}>
          {because}
        </span>
      )}
    </span>
  );
}
