import { useState } from 'react';
import { useNavigate } from 'react-router';
import { Button } from '../ui/button';
import { Part } from '../ui/page';

/** From an id that someone was given to the trace of that loop; the report itself leads to no single loop. */
export function TraceForm() {
  const navigate = useNavigate();
  const [inputId, setInputId] = useState('');
  return (
    <Part title="Trace one loop" id="trace" tone="soft">
      <form
        className="hb-inline"
        onSubmit={(event) => {
          event.preventDefault();
          if (inputId.trim()) void navigate(`/loops/${encodeURIComponent(inputId.trim())}`);
        }}
      >
        <div>
          <label className="usa-label" htmlFor="trace-id">
            Id of the input
          </label>
          <input
            id="trace-id"
            className="usa-input"
            type="text"
            autoComplete="off"
            value={inputId}
            onChange={(event) => setInputId(event.target.value)}
          />
        </div>
        <Button type="submit" look="outline">
          Show the trace
        </Button>
      </form>
    </Part>
  );
}
