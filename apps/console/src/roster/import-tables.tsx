import { roster, type ImportedFile, type RoleChange } from '../api/roster';
import { wordFor } from '../api/words';
import { Part } from '../ui/page';
import { countOf } from '../ui/time';

const number = (n: number): string => n.toLocaleString('en-US');

export function FileTable({ files }: { files: ImportedFile[] }) {
  return (
    <div className="hb-scroll" tabIndex={0} role="region" aria-label="Rows of each file">
      <table className="usa-table usa-table--borderless hb-table hb-stacked">
        <caption>Rows of each file. Read = unchanged + changed + put aside</caption>
        <thead>
          <tr>
            <th scope="col">File</th>
            {['Read', 'Unchanged', 'Changed', 'Put aside', 'No longer named'].map((name) => (
              <th key={name} scope="col" className="hb-num">
                {name}
              </th>
            ))}
            <th scope="col">Remarks</th>
          </tr>
        </thead>
        <tbody>
          {files.map((file) => (
            <tr key={file.file}>
              <th scope="row">
                {file.file}
                <span className="hb-quiet"> {file.mode === 'delta' ? 'changes only' : 'whole'}</span>
              </th>
              <td data-label="Read" className="hb-num">
                {number(file.read)}
              </td>
              <td data-label="Unchanged" className="hb-num">
                {number(file.unchanged)}
              </td>
              <td data-label="Changed" className="hb-num">
                {number(file.changed)}
              </td>
              <td data-label="Put aside" className="hb-num">
                {number(file.quarantined)}
              </td>
              <td data-label="Not named" className="hb-num">
                {number(file.missing)}
              </td>
              <td data-label="Remarks">{remarks(file)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
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
    <div className="hb-scroll" tabIndex={0} role="region" aria-label="Changes by organisation and role">
      <table className="usa-table usa-table--borderless hb-table hb-stacked">
        <caption>
          People by organisation and role, where something changes
          {rows.length > mostRoles && `: the first ${mostRoles} of ${number(rows.length)}`}
        </caption>
        <thead>
          <tr>
            <th scope="col">Organisation</th>
            <th scope="col">Role</th>
            {['Added', 'Gone', 'Changed', 'Account switched off'].map((name) => (
              <th key={name} scope="col" className="hb-num">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, mostRoles).map((row) => (
            <tr key={`${row.orgId} ${row.role}`}>
              <th scope="row">{nameOf(row.orgId)}</th>
              <td data-label="Role">{wordFor({}, row.role)}</td>
              <td data-label="Added" className="hb-num">
                {number(row.added)}
              </td>
              <td data-label="Gone" className="hb-num">
                {number(row.gone)}
              </td>
              <td data-label="Changed" className="hb-num">
                {number(row.changed)}
              </td>
              <td data-label="Switched off" className="hb-num">
                {number(row.disabled)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const shown = 20;

/** The rows that were put aside, with what to mend. */
export function RowsAside({ importId, files }: { importId: string; files: ImportedFile[] }) {
  const all = files.reduce((sum, { quarantined }) => sum + quarantined, 0);
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
      <div className="hb-scroll" tabIndex={0} role="region" aria-label="Rows put aside">
        <table className="usa-table usa-table--borderless hb-table hb-stacked">
          <caption className={all > rows.length ? undefined : 'usa-sr-only'}>
            {all > rows.length ? `The first ${rows.length} of them` : 'Rows put aside'}
          </caption>
          <thead>
            <tr>
              <th scope="col">File</th>
              <th scope="col" className="hb-num">
                Line
              </th>
              <th scope="col">Column</th>
              <th scope="col">Value</th>
              <th scope="col">Why</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.file} ${row.line} ${row.column}`}>
                <th scope="row">{row.file}</th>
                <td data-label="Line" className="hb-num">
                  {number(row.line)}
                </td>
                <td data-label="Column">{row.column}</td>
                <td data-label="Value">{row.value || <span className="hb-quiet">empty</span>}</td>
                <td data-label="Why">{row.message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Part>
  );
}
