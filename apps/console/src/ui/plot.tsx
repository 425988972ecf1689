import { useId, useLayoutEffect, useRef, useState, type ReactNode } from 'react';

/** One line of a bar plot. `part` of the whole bar is filled, the rest is hatched. */
export interface Bar {
  name: string;
  /** Length of the filled part, and of the hatched part after it, in the plot's unit. */
  filled: number;
  hatched: number;
  /** What stands at the end: the numbers in words. */
  says: string;
}

const rowHeight = 46;

/**
 * A bar plot that draws in real pixels, so that its words keep their size on a phone. What the two patterns mean
 * stands in the legend; a text summary comes before it and the numbers in a table after it.
 */
export function BarPlot({
  title,
  summary,
  bars,
  max,
  legend,
  table,
}: {
  title: string;
  summary: ReactNode;
  bars: Bar[];
  max: number;
  legend: { filled: string; hatched: string };
  table: ReactNode;
}) {
  const [width, box] = useWidth();
  const hatch = useId().replaceAll(/[^\w-]/g, '');
  const titleId = useId();
  const scale = (n: number) => (max > 0 ? (n / max) * width : 0);
  const height = bars.length * rowHeight;
  return (
    <figure className="hb-plot" aria-labelledby={titleId}>
      <h3 id={titleId}>{title}</h3>
      <p>{summary}</p>
      <p className="hb-plot__legend" aria-hidden="true">
        <Swatch hatch={`${hatch}-s`} filled /> {legend.filled}
        <Swatch hatch={`${hatch}-s`} /> {legend.hatched}
      </p>
      <div ref={box} className="hb-plot__box">
        {width > 0 && (
          <svg
            width={width}
            height={height}
            role="img"
            aria-label={`${title}. ${bars.map((bar) => `${bar.name}: ${bar.says}`).join('. ')}`}
          >
            <Hatch id={hatch} />
            {bars.map((bar, n) => (
              <g key={bar.name} transform={`translate(0 ${n * rowHeight})`}>
                <text x="0" y="15" className="hb-plot__name">
                  {bar.name}
                </text>
                <text x={width} y="15" textAnchor="end" className="hb-plot__says">
                  {bar.says}
                </text>
                <rect x="0" y="22" width={scale(bar.filled)} height="14" className="hb-plot__filled" />
                <rect
                  x={scale(bar.filled) + 0.5}
                  y="22.5"
                  width={Math.max(0, scale(bar.hatched) - 1)}
                  height="13"
                  fill={`url(#${hatch})`}
                  className="hb-plot__hatched"
                />
              </g>
            ))}
          </svg>
        )}
      </div>
      <details className="hb-fold">
        <summary>The numbers as a table</summary>
        <div className="hb-scroll" tabIndex={0} role="region" aria-label={`${title}: table`}>
          {table}
        </div>
      </details>
    </figure>
  );
}

function Hatch({ id }: { id: string }) {
  return (
    <defs>
      <pattern id={id} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect width="6" height="6" className="hb-plot__ground" />
        <line x1="0" y1="0" x2="0" y2="6" className="hb-plot__line" />
      </pattern>
    </defs>
  );
}

function Swatch({ hatch, filled = false }: { hatch: string; filled?: boolean }) {
  return (
    <svg width="22" height="12" aria-hidden="true" focusable="false">
      {!filled && <Hatch id={hatch} />}
      <rect
        x="0.5"
        y="0.5"
        width="21"
        height="11"
        className={filled ? 'hb-plot__filled' : 'hb-plot__hatched'}
        fill={filled ? undefined : `url(#${hatch})`}
      />
    </svg>
  );
}

function useWidth(): [number, React.RefObject<HTMLDivElement | null>] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [width, box];
}

/** A small table: the first cell of each line is its name. */
export function Numbers({
  caption,
  head,
  rows,
}: {
  caption: string;
  head: string[];
  rows: (string | number)[][];
}) {
  return (
    <table className="usa-table usa-table--borderless hb-table">
      <caption className="usa-sr-only">{caption}</caption>
      <thead>
        <tr>
          {head.map((name, n) => (
            <th key={name} scope="col" className={n > 0 ? 'hb-num' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row[0]}>
            <th scope="row">{row[0]}</th>
            {row.slice(1).map((value, n) => (
              <td key={head[n + 1]} className="hb-num">
                {typeof value === 'number' ? value.toLocaleString('en-US') : value}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export const percent = (rate: number | null | undefined): string =>
  rate === null || rate === undefined ? '–' : `${Math.round(rate * 100)}%`;
