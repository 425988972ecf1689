import { Link } from 'react-router';
import type { CaseInput } from '../api/casework';
import { kinds, wordFor } from '../api/words';
import { useFormWords } from '../app/form-words';
import { Part } from '../ui/page';
import { StateMark } from '../ui/state-mark';
import { languageName, When } from '../ui/time';

/** Every input of the case: each stands for people who are owed the answer. */
export function PeopleWaiting({ inputs }: { inputs: CaseInput[] }) {
  const words = useFormWords();
  const voices = inputs.reduce((sum, input) => sum + (input.voices ?? 1), 0);
  return (
    <Part title="The people waiting" id="inputs">
      <p className="hb-quiet">
        {inputs.length === 1 ? '1 input' : `${inputs.length} inputs`},{' '}
        {voices === 1 ? '1 voice' : `${voices} voices`}
      </p>
      {inputs.map((input) => (
        <article key={input.inputId} className="hb-input" aria-label={`Input ${input.inputId}`}>
          <div className="hb-input__head">
            <StateMark state={input.state} />
            <span>
              {[
                words.role(input.role),
                input.kind ? wordFor(kinds, input.kind) : '',
                input.origin && input.origin !== 'intake'
                  ? `from ${wordFor({}, input.origin).toLowerCase()}`
                  : '',
                (input.voices ?? 1) > 1 ? `stands for ${input.voices} people` : '',
              ]
                .filter(Boolean)
                .join(' · ')}
            </span>
          </div>
          <blockquote className="hb-quote" lang={input.language} dir="auto">
            {input.text ?? input.missing ?? 'The words are erased.'}
          </blockquote>
          <p className="hb-quiet">
            Raised <When at={input.raisedAt} />
            {input.heardAt && (
              <>
                , heard <When at={input.heardAt} dateOnly />
              </>
            )}
            {input.language && ` · in ${languageName(input.language)}`}
            {input.onBehalfOf && ` · on behalf of someone${behalf(input.onBehalfOf)}`}
            {input.agreed === false && ' · the person was not asked'}
            {input.anonymous
              ? input.reachable
                ? ' · anonymous, reachable'
                : ' · anonymous, follows the receipt'
              : ` · ${input.name ?? 'named'}`}{' '}
            · <Link to={`/loops/${input.inputId}`}>Trace of this loop</Link>
          </p>
        </article>
      ))}
    </Part>
  );
}

const behalf = (of: NonNullable<CaseInput['onBehalfOf']>) => {
  const relation = typeof of === 'string' ? of : of.relation;
  return relation ? ` (${relation})` : '';
};
