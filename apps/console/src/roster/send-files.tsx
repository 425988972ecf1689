import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { roster } from '../api/roster';
import { Button } from '../ui/button';
import { ErrorSummary, Field, Select, Tick } from '../ui/form';
import { Part } from '../ui/page';
import { useSubmit } from '../ui/submit';
import { countOf } from '../ui/time';

interface Draft {
  /** Names, sizes and dates: other files are another import, the same ones after a lost connection are not. */
  chosen: [string, number, number][];
  source: string;
  wait: boolean;
}

/** One zip, or several CSV files. */
export function SendFiles() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const sources = useQuery({ queryKey: ['sources'], queryFn: roster.sources });
  const [files, setFiles] = useState<File[]>([]);
  const [source, setSource] = useState('');
  const [wait, setWait] = useState(true);
  const sending = useSubmit({
    check: (body: Draft) =>
      body.chosen.length > 0
        ? []
        : [{ field: 'file', message: 'Choose a zip, or all CSV files of the export' }],
    send: (body: Draft, key) =>
      roster.send(
        files,
        { ...(body.source && { source: body.source }), ...(body.wait && { apply: 'hand' }) },
        key,
      ),
    done: ({ importId }) => {
      void client.invalidateQueries({ queryKey: ['imports'] });
      void navigate(`/roster/imports/${importId}`);
    },
  });
  const others = (sources.data?.items ?? []).filter((one) => one.sourceId !== 'files');
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  return (
    <div id="send-files">
      <Part title="Send files" id="send" tone="strong">
        <ErrorSummary form="send" of={sending} />
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            const chosen = files.map(({ name, size, lastModified }): Draft['chosen'][number] => [
              name,
              size,
              lastModified,
            ]);
            sending.submit({ chosen, source, wait });
          }}
        >
          <Field
            form="send"
            name="file"
            label="Files"
            hint="OneRoster 1.1 or 1.2: one zip, or all CSV files together."
            errors={sending.errors}
          >
            {(control) => (
              <input
                className="hb-file"
                type="file"
                multiple
                accept=".csv,.zip"
                {...control}
                onChange={(event) => setFiles([...(event.target.files ?? [])])}
              />
            )}
          </Field>
          {others.length > 0 && (
            <Field
              form="send"
              name="source"
              label="Which source are they of?"
              hint="Each source has its own roster. Files of one source never count as missing in another."
              errors={sending.errors}
            >
              {(control) => (
                <Select
                  control={control}
                  value={source}
                  onChange={setSource}
                  empty="Files sent by hand"
                  choices={others.map(({ sourceId, name }) => ({ id: sourceId, name }))}
                />
              )}
            </Field>
          )}
          <Tick
            name="wait"
            value="yes"
            label="Wait for my word"
            says="You see what would change first. Without it, what is within the limits is applied at once."
            checked={wait}
            onChange={setWait}
          />
          <div className="hb-actions">
            <Button type="submit" pending={sending.pending}>
              Send
            </Button>
          </div>
          <p role="status" className="hb-quiet">
            {sending.pending &&
              `Sending ${countOf(files.length, 'file')}, ${megabytes(bytes)}. Keep this page open until it is done.`}
          </p>
        </form>
      </Part>
    </div>
  );
}

const megabytes = (bytes: number): string =>
  bytes < 100_000 ? `${Math.ceil(bytes / 1_000)} KB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
