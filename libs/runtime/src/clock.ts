/** Time as the program sees it; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once after `ms`; the returned function calls it off. */
  after(ms: number, task: () => void): () => void;
  /** Runs `task` every `ms`; the returned function ends it. */
  every(ms: number, task: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, task) {
    const timer = setTimeout(task, ms);
    return () => {
      clearTimeout(timer);
    };
  },
  every(ms, task) {
    const timer = setInterval(task, ms);
    return () => {
      clearInterval(timer);
    };
  },
};

export const isoTime = (ms: number): string => new Date(ms).toISOString();
