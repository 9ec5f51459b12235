import { subjects, type CfpReply } from '@cloud-agency/bus';
import { Controller, Inject } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { from, type Observable } from 'rxjs';
import { Answering } from './answering.js';

/** The agent's ear for calls: each value emitted goes out as one reply. */
@Controller()
export class CfpController {
  constructor(@Inject(Answering) private readonly answering: Answering) {}

  @MessagePattern(subjects.cfp)
  async answer(@Payload() message: unknown): Promise<Observable<CfpReply>> {
    return from(await this.answering.reply(message));
  }
}
