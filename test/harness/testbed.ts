import axios from 'axios';

export interface Machine {
  readonly id: string;
  readonly cloud: string;
  readonly region: string;
  readonly zone: string;
  readonly market: 'on-demand' | 'spot';
  readonly state: string;
  readonly address: string | null;
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** The operator's side of the simulated clouds. */
export class TestbedControl {
  constructor(private readonly url: string) {}

  /** Machines that still cost something. */
  async machines(): Promise<readonly Machine[]> {
    const { data } = await axios.get<readonly Machine[]>(`${this.url}/control/instances`);
    return data.filter((machine) => !['terminated', 'deleted'].includes(machine.state));
  }

  /** Names of the volumes, or of the networks, that clients of the clouds have made and that are still there. */
  async namesOf(what: 'volumes' | 'networks'): Promise<readonly string[]> {
    const { data } = await axios.get<readonly { readonly name: string; readonly state?: string }[]>(
      `${this.url}/control/${what}`,
    );
    return data.filter(({ state }) => state !== 'deleted').map(({ name }) => name);
  }

  /** The vendor will take a spot machine back. */
  async interrupt(id: string, noticeMs: number): Promise<void> {
    await axios.post(`${this.url}/control/instances/${id}/interrupt`, { notice_ms: noticeMs });
  }

  /** The machine at this address uses so much of its processors, per cent. */
  async burden(address: string, cpu: number): Promise<void> {
    const machine = (await this.machines()).find((one) => one.address === address);
    await axios.post(`${this.url}/control/instances/${machine?.id ?? address}/load`, { cpu });
  }

  /** Its cloud has never heard of it. */
  async vanish(address: string): Promise<void> {
    const machine = (await this.machines()).find((candidate) => candidate.address === address);
    await axios.post(`${this.url}/control/instances/${machine?.id ?? 'none'}/vanish`);
  }

  async die(address: string): Promise<void> {
    await axios.post(`${this.url}/control/instances/by-address/${address}/die`, {});
  }

  /** Changes the list prices of a size, everywhere or in one region. */
  async reprice(order: {
    readonly cloud: string;
    readonly instance_type: string;
    readonly region?: string;
    readonly price?: number;
    readonly factor?: number;
  }): Promise<void> {
    await axios.post(`${this.url}/control/prices`, order);
  }

  async fault(order: Readonly<Record<string, unknown>>): Promise<void> {
    await axios.post(`${this.url}/control/faults`, order);
  }

  async clearFaults(): Promise<void> {
    await axios.delete(`${this.url}/control/faults`);
  }
}
