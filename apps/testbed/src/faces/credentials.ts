import { digest } from '../cloud/digest.js';

/** The one account at each simulated cloud. It guards nothing, so it need not be secret: it is there for clients to prove that they can. */
export const accessKeyOf = (cloud: string): { id: string; secret: string } => ({
  id: `AKIA${digest(`${cloud} access key`, 16).toUpperCase()}`,
  secret: digest(`${cloud} secret`, 40),
});

export const projectName = 'testbed';
export const domainName = 'Default';

export const passwordOf = (cloud: string): { username: string; password: string } => ({
  username: `${cloud}-user`,
  password: digest(`${cloud} password`, 24),
});
