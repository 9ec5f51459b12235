/** The yardstick: a bare loop of http.get with a timer for each machine, which looks at nothing that comes. */
import http from 'node:http';

const [port, every, machines] = process.argv.slice(2).map(Number);
const begun = Date.now();

function probe(host, due) {
  http.get({ host, port, path: '/health', agent: false }, (response) => response.resume()).on('error', () => undefined);
  const next = due + every;
  setTimeout(() => probe(host, next), next - Date.now());
}

for (let machine = 0; machine < machines; machine += 1) {
  const due = begun + Math.floor((machine * every) / machines);
  setTimeout(() => probe(`127.1.${Math.floor(machine / 250)}.${1 + (machine % 250)}`, due), due - begun);
}
