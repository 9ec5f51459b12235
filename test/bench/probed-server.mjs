import { createServer } from 'node:http';

const server = createServer((_request, response) => response.end('{"status":"ok"}'));
server.listen(0, '127.0.0.1', 2_048, () => process.send(server.address().port));
process.once('disconnect', () => process.exit(0));
