/** A gate that one waiter passes each time it is opened; openings before the wait are remembered as one. */

export interface Gate {
  open(): void;
  /** Resolves at once when the gate was opened since the last wait. One waiter at a time. */
  wait(): Promise<void>;
}

export function createGate(): Gate {
  let isOpen = false;
  let wake: (() => void) | null = null;
  return {
    open: () => {
      if (wake === null) {
        isOpen = true;
        return;
      }
      const waiter = wake;
      wake = null;
      waiter();
    },
    wait: () => {
      if (isOpen) {
        isOpen = false;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        wake = resolve;
      });
    },
  };
}
