/** Machines that answer probes, on every loopback address; a process of its own, which tells how late each probe came. */
import { createServer } from 'node:http';

const every = Number(process.argv[2]);
const arrivals = new Map();
const server = createServer((request, response) => {
  const { localAddress } = request.socket;
  const times = arrivals.get(localAddress);
  if (times) times.push(Date.now());
  else arrivals.set(localAddress, [Date.now()]);
  response.end('{"status":"ok"}');
});

/** Against the earliest time in the period at which a probe of that machine has come. */
function lateness(times) {
  const first = times[0] ?? 0;
  const into = times.map((time) => ((((time - first) % every) + every + every / 2) % every) - every / 2);
  const place = Math.min(...into);
  return into.map((time) => time - place);
}

process.on('message', (message) => {
  if (message === 'forget') arrivals.clear();
  else
    process.send({ machines: arrivals.size, late: [...arrivals.values()].filter(({ length }) => length > 1).flatMap(lateness) });
});
server.listen({ port: 0, host: '0.0.0.0', backlog: 4096 }, () => {
  process.send({ port: server.address().port });
});
