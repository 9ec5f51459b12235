interface Standing {
  readonly agreement: string;
  readonly resource: string;
}

/** Which resource each machine carries, over all agreements: vendors tell of machines alone. */
export class Machines {
  private readonly standing = new Map<string, Standing>();
  private readonly placements = new Map<string, readonly string[]>();

  /** The machines of an agreement, instead of those before. */
  stand(agreement: string, targets: readonly { readonly placement: string; readonly resource: string }[]): void {
    this.leave(agreement);
    for (const { placement, resource } of targets) this.standing.set(placement, { agreement, resource });
    this.placements.set(
      agreement,
      targets.map(({ placement }) => placement),
    );
  }

  leave(agreement: string): void {
    for (const placement of this.placements.get(agreement) ?? [])
      if (this.standing.get(placement)?.agreement === agreement) this.standing.delete(placement);
    this.placements.delete(agreement);
  }

  resourceOf(placement: string): string | undefined {
    return this.standing.get(placement)?.resource;
  }
}
