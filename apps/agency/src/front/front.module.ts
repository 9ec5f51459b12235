import { type DynamicModule, Module } from '@nestjs/common';
import { FRONT_PORTS, HttpRoutes } from './http-routes.js';
import type { FrontPorts } from './ports.js';

@Module({})
export class FrontModule {
  static with(ports: FrontPorts): DynamicModule {
    return { module: FrontModule, providers: [HttpRoutes, { provide: FRONT_PORTS, useValue: ports }] };
  }
}
