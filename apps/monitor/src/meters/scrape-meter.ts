/** Two scrapes may take the same metric from different endpoints, and an application may push it too: each is a meter by itself. */
export const scrapeMeter = (index: number): string => `scrape ${String(index)}`;

export const isScraped = (meter: string | undefined): boolean => meter?.startsWith('scrape ') ?? false;
