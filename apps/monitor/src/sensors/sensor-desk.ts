import { Alignment } from '../alignment.js';
import type { CollectorSample, Observation } from './observation.js';
import { RunningSensor, type SensorParts } from './running-sensor.js';

export interface SensorDeskParts extends SensorParts {
  readonly archive: SensorParts['archive'] & {
    flush(): Promise<void>;
    recall(observation: Observation): Promise<readonly CollectorSample[]>;
  };
  readonly store: {
    /** Every sensor that is there now. */
    versions(): Promise<readonly Pick<Observation, 'sensor' | 'version'>[]>;
    observation(sensor: string): Promise<Observation>;
  };
}

const tickEveryMs = 200;

/** Keeps a running sensor for each that the store knows, in its latest version. */
export class SensorDesk {
  private readonly running = new Map<string, RunningSensor>();
  private readonly alignment: Alignment;
  private readonly stopTicking: () => void;

  constructor(private readonly parts: SensorDeskParts) {
    this.alignment = new Alignment(parts, 'what is to be measured', () => this.align());
    this.stopTicking = parts.clock.every(tickEveryMs, () => {
      for (const sensor of this.running.values()) sensor.tick();
    });
  }

  /** To be called after each change of the store; resolves once the sensors are in line with it. */
  async look(): Promise<void> {
    await this.alignment.look();
  }

  async stop(): Promise<void> {
    this.stopTicking();
    await this.alignment.stop();
    for (const sensor of this.running.values()) sensor.stop();
    this.running.clear();
  }

  private async align(): Promise<void> {
    const wanted = await this.parts.store.versions();
    const sensors = new Set(wanted.map(({ sensor }) => sensor));
    for (const [id, sensor] of this.running) {
      if (sensors.has(id)) continue;
      sensor.stop();
      this.running.delete(id);
    }
    for (const { sensor, version } of wanted) await this.bringUpTo(sensor, version);
  }

  private async bringUpTo(sensor: string, version: number): Promise<void> {
    const running = this.running.get(sensor);
    if (running && running.version >= version) return;
    const observation = await this.parts.store.observation(sensor);
    if (running) running.revise(observation);
    else this.running.set(sensor, new RunningSensor(this.parts, observation, await this.parts.archive.recall(observation)));
  }
}
