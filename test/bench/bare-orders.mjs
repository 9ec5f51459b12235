/** The yardstick of computes taken in: a Nest + Fastify application that commits the body of each POST to SQLite, safely on disk, and answers 201. */
import { Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import Sqlite from 'libsql';
import { join } from 'node:path';
import 'reflect-metadata';

const database = new Sqlite(join(process.argv[2], 'bare.db'));
database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE taken (id INTEGER PRIMARY KEY, body TEXT)');
const insert = database.prepare('INSERT INTO taken (body) VALUES (?)');
class Orders {
  take() {
    insert.run('a compute');
    return 'OK\n';
  }
}
const descriptor = Object.getOwnPropertyDescriptor(Orders.prototype, 'take');
Post('/')(Orders.prototype, 'take', descriptor);
HttpCode(201)(Orders.prototype, 'take', descriptor);
Controller()(Orders);
class OrdersModule {}
Module({ controllers: [Orders] })(OrdersModule);

const app = await NestFactory.create(OrdersModule, new FastifyAdapter(), { logger: false });
app.getHttpAdapter().getInstance().removeAllContentTypeParsers();
app
  .getHttpAdapter()
  .getInstance()
  .addContentTypeParser('*', { parseAs: 'string' }, (_request, body, proceed) => proceed(null, body));
await app.listen(0, '127.0.0.1');
process.send(app.getHttpServer().address().port);
process.once('disconnect', () => app.close().then(() => process.exit(0)));
