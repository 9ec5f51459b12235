import type { Account, ConfiguredDiscount } from '@cloud-agency/runtime';
import { type Discount, type Egress, type Market, parseQuantity } from '@cloud-agency/sla';

/** What the operator says of an account beside its prices: declared availability, what traffic costs, discounts. */
export class SellingTerms {
  /** Those of all regions. */
  readonly discounts: readonly Discount[];
  private readonly pools: readonly ConfiguredDiscount[];

  constructor(
    private readonly account: Pick<Account, 'name' | 'availability' | 'egress' | 'discounts'>,
    regions: readonly string[],
  ) {
    this.pools = account.discounts ?? [];
    this.discounts = this.pools.flatMap((discount, index) => {
      const { by } = discount;
      const tiers = tiersOf(discount);
      const ids = discount.over === 'account' ? [this.poolId(index)] : regions.map((region) => this.poolId(index, region));
      return ids.map((id) => ({ id, by, tiers }));
    });
  }

  /** A fraction; null where nothing is declared. */
  availabilityIn(region: string): number | null {
    const { availability } = this.account;
    const declared = typeof availability === 'object' ? availability[region] : availability;
    return declared === undefined ? null : parseQuantity(declared, 'fraction');
  }

  /** Undefined where it is not known. */
  egressFrom(region: string): Egress | undefined {
    const declared = egressIn(this.account.egress, region);
    if (!declared) return undefined;
    const price = (text: string): number => parseQuantity(text, 'transfer');
    return { internet: price(declared.internet), region: price(declared.region), zone: price(declared.zone) };
  }

  /** The id of the discount that a machine of this market counts for; undefined where there is none. The configuration has at most one. */
  discountFor(region: string, market: Market): string | undefined {
    const index = this.pools.findIndex(({ markets }) => markets?.includes(market) ?? true);
    const pool = this.pools[index];
    return pool && (pool.over === 'account' ? this.poolId(index) : this.poolId(index, region));
  }

  private poolId(index: number, region?: string): string {
    return [this.account.name, ...(region === undefined ? [] : [region]), `discount-${index + 1}`].join('/');
  }
}

type ConfiguredEgress = { readonly [To in keyof Egress]: string };

function egressIn(egress: Account['egress'], region: string): ConfiguredEgress | undefined {
  if (egress === undefined) return undefined;
  return isForAll(egress) ? egress : egress[region];
}

const isForAll = (egress: NonNullable<Account['egress']>): egress is ConfiguredEgress => typeof egress.internet === 'string';

const tiersOf = ({ by, tiers }: ConfiguredDiscount): Discount['tiers'] =>
  tiers.map(({ from, off }) => ({
    from: parseQuantity(from, by === 'machines' ? 'number' : 'budget'),
    off: parseQuantity(off, 'fraction'),
  }));
