/** Something that happened, as `/events` tells it (CFP.md 6). */
export interface AgencyEvent {
  readonly id: number;
  readonly type: string;
  readonly at: string;
  readonly subject: string;
  readonly message: string;
  readonly data: object;
}
