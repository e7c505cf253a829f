/** Keeps a list still while somebody is about to choose from it: a row that moves away is chosen wrongly. */

/** A pointer that rests for longer is not about to choose. */
const HOLD_MS = 4_000;

export interface Hold {
  isHeld(): boolean;
}

/** Held from each movement of the pointer over `node` and each key pressed in it, until either leaves or rests. */
export function createHold(node: HTMLElement): Hold {
  let untilMs = 0;
  let lastPlace = '';
  const hold = () => {
    untilMs = performance.now() + HOLD_MS;
  };
  const release = () => {
    untilMs = 0;
  };
  node.addEventListener('pointermove', ({ screenX, screenY }) => {
    // Content that moves below a resting pointer counts as a movement to some browsers.
    const place = `${screenX} ${screenY}`;
    if (place !== lastPlace) hold();
    lastPlace = place;
  });
  node.addEventListener('focusin', hold);
  node.addEventListener('keydown', hold);
  node.addEventListener('pointerleave', release);
  node.addEventListener('focusout', release);
  return { isHeld: () => performance.now() < untilMs };
}
