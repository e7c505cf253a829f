/** A line of recent values, small enough for a table cell. */

import { svgElement } from './dom.ts';

const WIDTH = 72;
const HEIGHT = 20;
const MARGIN = 2;

/** Path of the line; the newest value is at the right edge. Empty for fewer than two values. */
export function toSparklinePath(values: readonly number[]): string {
  if (values.length < 2) return '';
  const least = Math.min(...values);
  const range = Math.max(...values) - least || 1;
  const step = (WIDTH - 2 * MARGIN) / (values.length - 1);
  return values
    .map((value, index) => {
      const x = MARGIN + index * step;
      const y = HEIGHT - MARGIN - ((value - least) / range) * (HEIGHT - 2 * MARGIN);
      return `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join('');
}

/** The picture, hidden from screen readers: the numbers stand beside it. */
export function createSparkline(): {
  readonly node: SVGElement;
  update(values: readonly number[]): void;
} {
  const node = svgElement('svg', {
    class: 'sparkline',
    viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
    width: String(WIDTH),
    height: String(HEIGHT),
    'aria-hidden': 'true',
  });
  const path = svgElement('path', { class: 'sparkline-line', d: '' });
  const end = svgElement('circle', { class: 'sparkline-end', r: '2', cx: '0', cy: '-9' });
  node.append(path, end);
  const update = (values: readonly number[]) => {
    const line = toSparklinePath(values);
    path.setAttribute('d', line);
    const [x, y] = line.split(/[ML]/).at(-1)?.split(' ') ?? [];
    end.setAttribute('cx', x ?? '0');
    end.setAttribute('cy', y ?? '-9');
  };
  return { node, update };
}
