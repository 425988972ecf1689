import type { ReactNode } from 'react';

/** The first column names the row; `narrow` is said instead of its name where a row becomes a card. */
interface Column<Row> {
  name: string;
  narrow?: string;
  isNumber?: true;
  cell: (row: Row) => ReactNode;
}

export type Columns<Row> = [Column<Row>, ...Column<Row>[]];

/** Rows beside each other on a desk, a card each on a phone. Numbers stand to the right, with their separators. */
export function Table<Row>({
  label,
  caption,
  columns,
  rows,
  keyOf,
}: {
  /** What it is, for those who hear it. */
  label: string;
  caption: ReactNode;
  columns: Columns<Row>;
  rows: Row[];
  keyOf: (row: Row) => string;
}) {
  const [first, ...others] = columns;
  return (
    <div className="hb-scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="usa-table usa-table--borderless hb-table hb-stacked">
        {caption}
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" className={isNumber && 'hb-num'}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              <th scope="row">{first.cell(row)}</th>
              {others.map(({ name, narrow = name, isNumber, cell }) => (
                <td key={name} data-label={narrow} className={isNumber && 'hb-num'}>
                  {numeral(cell(row))}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const numeral = (value: ReactNode): ReactNode =>
  typeof value === 'number' ? value.toLocaleString('en-US') : value;
