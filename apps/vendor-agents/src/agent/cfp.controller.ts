import { subjects, type CfpReply } from '@cloud-agency/bus';
import { Controller, Inject, type Type } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { from, type Observable } from 'rxjs';
import { Answering } from './answering.js';

/** The agent's ears for calls, those to everybody and those to it alone: each value emitted goes out as one reply. */
export function cfpControllerOf(agent: string): Type {
  @Controller()
  class CfpController {
    constructor(@Inject(Answering) private readonly answering: Answering) {}

    @MessagePattern([subjects.cfp, subjects.cfpOf(agent)])
    async answer(@Payload() message: unknown): Promise<Observable<CfpReply>> {
      return from(await this.answering.reply(message));
    }
  }
  return CfpController;
}
