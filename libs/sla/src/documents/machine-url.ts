import { type Reader, text } from './fields.js';
import { portPattern } from './probes/texts.js';

/** The host is the machine's address and nothing else, so that nobody can make the Agency ask elsewhere. */
const ofTheMachine = new RegExp(`^https?://[{]address[}](:${portPattern})?([/?].*)?$`);

/** A URL of the machine, whatever its address will be. */
export const machineUrl =
  (example: string): Reader<string> =>
  (source, problems) => {
    const url = text(2000)(source, problems);
    if (url === undefined || isMachineUrl(url)) return url;
    const isHttp = /^https?:\/\//.test(url) && URL.canParse(url.replaceAll('{address}', '127.0.0.1'));
    if (isHttp)
      problems.add(source, 'the URL does not name the machine', 'put {address} where its host goes: only the machine is asked');
    else problems.add(source, `"${url}" is not an http or https URL`, example);
    return undefined;
  };

const isMachineUrl = (url: string): boolean => ofTheMachine.test(url) && URL.canParse(url.replaceAll('{address}', '127.0.0.1'));
