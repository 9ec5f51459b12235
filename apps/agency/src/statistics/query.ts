export interface StatisticsQuery {
  readonly vendor?: string | undefined;
  readonly region?: string | undefined;
  readonly size?: string | undefined;
}

/** The columns that facts are chosen by. */
export function asked({ vendor, region, size }: StatisticsQuery): Record<string, string> {
  return {
    ...(vendor === undefined ? {} : { vendor }),
    ...(region === undefined ? {} : { region }),
    ...(size === undefined ? {} : { size }),
  };
}
