import { roster, type Aside, type ImportedFile, type RoleChange } from '../api/roster';
import { wordFor } from '../api/words';
import { Part } from '../ui/page';
import { Table, type Columns } from '../ui/table';
import { countOf } from '../ui/time';

const ofFile: Columns<ImportedFile> = [
  {
    name: 'File',
    cell: ({ file, mode }) => (
      <>
        {file}
        <span className="hb-quiet"> {mode === 'delta' ? 'changes only' : 'whole'}</span>
      </>
    ),
  },
  { name: 'Read', isNumber: true, cell: ({ read }) => read },
  { name: 'Unchanged', isNumber: true, cell: ({ unchanged }) => unchanged },
  { name: 'Changed', isNumber: true, cell: ({ changed }) => changed },
  { name: 'Put aside', isNumber: true, cell: ({ quarantined }) => quarantined },
  { name: 'No longer named', narrow: 'Not named', isNumber: true, cell: ({ missing }) => missing },
  { name: 'Remarks', cell: remarks },
];

export function FileTable({ files }: { files: ImportedFile[] }) {
  return (
    <Table
      label="Rows of each file"
      caption={<caption>Rows of each file. Read = unchanged + changed + put aside</caption>}
      columns={ofFile}
      rows={files}
      keyOf={({ file }) => file}
    />
  );
}

function remarks({ problem, kept, slipped }: ImportedFile): string {
  const values = Object.entries(slipped).map(([column, n]) => `${countOf(n, 'value')} of ${column}`);
  return [
    problem ? `Refused: ${problem}` : '',
    kept > 0 ? `${countOf(kept, 'row')} kept as before: the new one could not be taken.` : '',
    values.length > 0 ? `Taken although written in another case: ${values.join(', ')}.` : '',
  ]
    .filter(Boolean)
    .join(' ');
}

/** A screen of a large district would stand still with all of them; the call lists them. */
const mostRoles = 100;

export function RoleTable({ rows, nameOf }: { rows: RoleChange[]; nameOf: (orgId: string) => string }) {
  return (
    <Table
      label="Changes by organisation and role"
      caption={
        <caption>
          People by organisation and role, where something changes
          {rows.length > mostRoles && `: the first ${mostRoles} of ${rows.length.toLocaleString('en-US')}`}
        </caption>
      }
      columns={[
        { name: 'Organisation', cell: ({ orgId }) => nameOf(orgId) },
        { name: 'Role', cell: ({ role }) => wordFor({}, role) },
        { name: 'Added', isNumber: true, cell: ({ added }) => added },
        { name: 'Gone', isNumber: true, cell: ({ gone }) => gone },
        { name: 'Changed', isNumber: true, cell: ({ changed }) => changed },
        {
          name: 'Account switched off',
          narrow: 'Switched off',
          isNumber: true,
          cell: ({ disabled }) => disabled,
        },
      ]}
      rows={rows.slice(0, mostRoles)}
      keyOf={({ orgId, role }) => `${orgId} ${role}`}
    />
  );
}

const ofAside: Columns<AsideOfFile> = [
  { name: 'File', cell: ({ file }) => file },
  { name: 'Line', isNumber: true, cell: ({ line }) => line },
  { name: 'Column', cell: ({ column }) => column },
  { name: 'Value', cell: ({ value }) => value || <span className="hb-quiet">empty</span> },
  { name: 'Why', cell: ({ message }) => message },
];
type AsideOfFile = Aside & { file: string };

const shown = 20;

/** The rows that were put aside, with what to mend. */
export function RowsAside({ importId, files }: { importId: string; files: ImportedFile[] }) {
  const all = asideIn(files);
  if (all === 0) return null;
  const rows = files
    .flatMap(({ file, reasons }) => reasons.map((reason) => ({ file, ...reason })))
    .slice(0, shown);
  return (
    <Part title={`${countOf(all, 'row')} put aside`} id="aside">
      <p>
        All other rows count. Mend these in the student information system and send the export again.{' '}
        <a href={roster.csv(importId, 'quarantine')} download>
          Download all of them as CSV
        </a>
      </p>
      <Table
        label="Rows put aside"
        caption={
          <caption className={all > rows.length ? undefined : 'usa-sr-only'}>
            {all > rows.length ? `The first ${rows.length} of them` : 'Rows put aside'}
          </caption>
        }
        columns={ofAside}
        rows={rows}
        keyOf={({ file, line, column }) => `${file} ${line} ${column}`}
      />
    </Part>
  );
}

/** How many rows of an import were put aside. */
export const asideIn = (files: ImportedFile[]): number =>
  files.reduce((sum, { quarantined }) => sum + quarantined, 0);
