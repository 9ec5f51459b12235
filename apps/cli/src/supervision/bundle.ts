/** Where the build puts an app. By URL, not by import: apps know nothing of each other (docs/adr/0006). */
export const bundleOf = (app: string): URL => new URL(`../../../../dist/${app}.js`, import.meta.url);
