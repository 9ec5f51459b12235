import type { HttpAsk } from '@cloud-agency/sla';
import http from 'node:http';
import https from 'node:https';
import { performance } from 'node:perf_hooks';
import type { TLSSocket } from 'node:tls';
import { Body, problemOf } from './body.js';
import { answered, attempt, failed, type Probed, type ProbeMeter, type ProbeTask, type Reading } from './probing.js';
import { nextTarget, type Target, targetOf } from './target.js';

/** A connection for each probe, as a new client would open it: an old one can outlive the service that it was opened to. */
const agents = {
  http: new http.Agent({ keepAlive: false }),
  https: new https.Agent({ keepAlive: false, maxCachedSessions: 0 }),
};
const success: NonNullable<HttpAsk['status']> = ['2xx'];

/**
 * Sends one request and measures until the whole answer is there, redirections included. Succeeds when it came in time and is as it is
 * expected: any status from 200 to 299 where nothing else is said.
 */
export const probeHttp: ProbeMeter<string | HttpAsk> = async (what, task) => {
  const ask = typeof what === 'string' ? { url: what } : what;
  const target = targetOf(ask, task.address);
  if (!target) return failed(`${ask.url} is not an http(s) URL of ${task.address}`);
  const begun = performance.now();
  return await attempt(task, (settle) => {
    let end = (): void => undefined;
    const go = (to: Target, redirects: number): void => {
      end = request(to, ask, task, settle, (answer) => {
        const next = redirects > 0 ? nextTarget(to, answer, ask, task.address) : undefined;
        if (next === undefined) settle(judged(answer, ask, performance.now() - begun));
        else if (typeof next === 'string') settle(withCertificate(failed(next), answer));
        else go(next, redirects - 1);
      });
    };
    go(target, ask.redirects ?? 0);
    return () => {
      end();
    };
  });
};

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
  readonly body: Body;
  /** How long the certificate that was shown is still valid, ms; undefined without one. */
  readonly validFor: number | undefined;
}

type Settle = (probed: Probed) => void;

/** @returns what breaks it off. */
function request(to: Target, ask: HttpAsk, { clock }: ProbeTask, settle: Settle, answer: (answer: Answer) => void): () => void {
  const isTls = to.protocol === 'https:';
  const sent = (isTls ? https : http).request({ ...to, agent: isTls ? agents.https : agents.http }, (response) => {
    const body = new Body(ask.body !== undefined);
    const validFor = isTls ? validity(response.socket as TLSSocket, clock.now()) : undefined;
    response.on('data', (chunk: Buffer) => {
      if (!body.take(chunk)) settle(failed(body.tooLarge));
    });
    response.once('error', fail);
    response.once('end', () => {
      answer({ status: response.statusCode ?? 0, location: response.headers.location, body, validFor });
    });
  });
  const fail = (error: Error): void => {
    settle(failed(error.message));
  };
  sent.on('error', fail);
  // Whoever is sent on by GET has nothing to send.
  sent.end(to.method === (ask.method ?? 'GET') ? ask.send : undefined);
  return () => sent.destroy();
}

function validity(socket: TLSSocket, now: number): number | undefined {
  const until = Date.parse(socket.getPeerCertificate().valid_to);
  return Number.isNaN(until) ? undefined : until - now;
}

function judged(answer: Answer, ask: HttpAsk, milliseconds: number): Reading {
  const detail = `HTTP ${String(answer.status)}`;
  const problem = statusProblem(answer, ask) ?? certificateProblem(answer, ask) ?? problemOf(answer.body, ask.body);
  const reading = problem === undefined ? answered(milliseconds, detail) : failed(`${detail}${problem && `: ${problem}`}`);
  return withCertificate(reading, answer);
}

/** Undefined: there is none. The status itself is told in any case. */
function statusProblem({ status }: Answer, { status: expected = success }: HttpAsk): string | undefined {
  const isExpected = expected.some((one) => one === status || one === `${String(Math.floor(status / 100))}xx`);
  if (isExpected) return undefined;
  return expected === success ? '' : `not ${expected.join(' or ')}`;
}

function certificateProblem({ validFor }: Answer, { tls }: HttpAsk): string | undefined {
  if (tls?.validFor === undefined || validFor === undefined || validFor >= tls.validFor) return undefined;
  return `the certificate is valid for ${days(validFor)} more days, not ${days(tls.validFor)}`;
}

const dayMs = 86_400_000;
const days = (ms: number): string => (ms / dayMs).toFixed(1);

const withCertificate = (reading: Reading, { validFor }: Answer): Reading =>
  validFor === undefined ? reading : { ...reading, certificateDays: Math.round((validFor / dayMs) * 1000) / 1000 };
