/** The yardstick of `occi`: a Nest + Fastify application whose handlers return bytes that it is given once, and nothing else. */
import { Controller, Get, Header, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { once } from 'node:events';
import 'reflect-metadata';

const [answers] = await once(process, 'message');
class Bare {}
for (const [index, { type, body }] of answers.entries()) {
  const name = `answer${index}`;
  Bare.prototype[name] = () => body;
  const descriptor = Object.getOwnPropertyDescriptor(Bare.prototype, name);
  Get(`/${index}`)(Bare.prototype, name, descriptor);
  Header('Content-Type', type)(Bare.prototype, name, descriptor);
}
Controller()(Bare);
class BareModule {}
Module({ controllers: [Bare] })(BareModule);

const app = await NestFactory.create(BareModule, new FastifyAdapter(), { logger: false });
await app.listen(0, '127.0.0.1');
process.send(app.getHttpServer().address().port);
process.once('disconnect', () => app.close().then(() => process.exit(0)));
