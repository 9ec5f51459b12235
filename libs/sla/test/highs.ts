import loadHighs, { type Highs } from 'highs';

/** The solver, as an app loads it. The package declares its loader as a CommonJS default. */
export const highs = loadHighs as unknown as () => Promise<Highs>;
