/** Elements without markup strings: text is always text. */

type Child = Node | string | null;

export interface Props {
  readonly class?: string;
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly onClick?: (event: Event) => void;
}

/** A new HTML element with its children; null children are left out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const node = document.createElement(tag);
  if (props.class !== undefined) node.className = props.class;
  if (props.title !== undefined) node.title = props.title;
  for (const [name, value] of Object.entries(props.attributes ?? {}))
    node.setAttribute(name, value);
  if (props.onClick !== undefined) node.addEventListener('click', props.onClick);
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** The element of the shell with this id. @throws {Error} when the shell and the script do not fit together. */
export function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`BUG: the page has no element ${id}`);
  return found;
}

/** Sets text only when it changed, so that selections and screen readers are left alone. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Makes `nodes` all that `parent` holds, in their order; one that is there already is not touched, and keeps its focus. */
export function placeChildren(parent: Element, nodes: readonly Element[]): void {
  const wanted = new Set(nodes);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  nodes.forEach((node, index) => {
    const there = parent.children[index] ?? null;
    if (there !== node) parent.insertBefore(node, there);
  });
}

const SVG = 'http://www.w3.org/2000/svg';

/** A new SVG element. */
export function svgElement<Tag extends keyof SVGElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
): SVGElementTagNameMap[Tag] {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
