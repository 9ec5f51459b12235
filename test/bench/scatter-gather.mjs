/** The yardstick of `calls`: N bare NATS responders in a process of their own, each answering every request with as many bytes as an agent would. */
import { connect } from '@nats-io/transport-node';

const [url, token, count, bytes] = process.argv.slice(2);
const connections = await Promise.all(
  Array.from({ length: Number(count) }, async (_, index) => {
    const connection = await connect({ servers: url, token });
    const answer = JSON.stringify({ sender: `responder-${index}`, filling: 'x'.repeat(Number(bytes)) });
    connection.subscribe('bench.scatter', { callback: (_error, message) => message.respond(answer) });
    await connection.flush();
    return connection;
  }),
);
process.send('ready');
process.once('disconnect', () => Promise.all(connections.map((connection) => connection.close())).then(() => process.exit(0)));
