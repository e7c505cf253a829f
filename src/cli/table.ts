/** Plain text tables: columns as wide as their widest cell, numbers to the right. */

export interface Column<Row> {
  readonly title: string;
  readonly align?: 'left' | 'right';
  readonly cell: (row: Row) => string;
}

export function formatTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column) => column.cell(row)));
  const widths = columns.map((column, index) =>
    Math.max(column.title.length, ...cells.map((line) => line[index]?.length ?? 0)),
  );
  const toLine = (line: readonly string[]): string =>
    line
      .map((cell, index) => {
        const width = widths[index] ?? 0;
        return columns[index]?.align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [toLine(columns.map(({ title }) => title)), ...cells.map(toLine)].join('\n');
}

/** At most `places` decimal places, for people; never used for what a program reads. */
export function shorten(decimal: string, places: number): string {
  const [whole, fraction = ''] = decimal.split('.');
  const kept = fraction.slice(0, places).replace(/0+$/, '');
  return kept === '' ? (whole ?? '') : `${whole}.${kept}`;
}
