import { connectBus, StoredPublisher, streams, subjects } from '@cloud-agency/bus';
import { jetstreamManager } from '@nats-io/jetstream';
import { setTimeout as after } from 'node:timers/promises';
import { readFileSync } from 'node:fs';
import { forget, scratch } from './running.mjs';
import { startSeparately } from './separate.mjs';
const directory = await scratch();
const agency = await startSeparately({ directory, groups: [] });
const connection = await connectBus(agency.bus, 'bench');
const publisher = new StoredPublisher(connection);
const n=5000;
const t0=performance.now();
await Promise.all(Array.from({length:n},(_, i)=>publisher.publish(subjects.finding,{id:`f${i}`,conversation:`a${i}`,sender:'monitor',sequence:1,previous:0,sentAt:new Date().toISOString(),performative:'finding',agreement:`a${i}`,finding:'sla.fulfilled',at:new Date().toISOString(),message:'x',guarantee:{index:0,term:'availability',of:'web',wanted:0.9,measured:1,unit:'fraction'},samples:[]})));
console.log('published', Math.round(performance.now()-t0));
const manager = await jetstreamManager(connection);
for(;;){ const info=await manager.consumers.info(streams.events.name,'agency_findings'); if(info.num_pending+info.num_ack_pending===0)break; await after(50);}
console.log('taken', Math.round(performance.now()-t0));
await connection.close(); await agency.stop(); await forget(directory);
