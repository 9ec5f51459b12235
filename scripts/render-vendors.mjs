const intro = `# The vendors

Written by \`npm run docs:vendors\` from the manifests (\`apps/vendor-agents/src/vendors/<name>/index.ts\`); a test holds this page against them. A vendor is
listed when its module passes the whole contract suite (\`npm run test:vendors\`) over the vendor's own protocol. **None of them has been run
against the vendor's real cloud unless its section says so**: they were run against the testbed's simulations, which were written from the vendors'
documents, not from our drivers.
`;

/** @returns the page, as Markdown. */
export function renderVendors(vendors, abilities) {
  const words = Object.keys(abilities);
  const sections = [
    intro,
    overview(vendors),
    matrix(vendors, words),
    meanings(abilities),
    ...vendors.map((vendor) => section(vendor, words)),
  ];
  return `${sections.join('\n').trimEnd()}\n`;
}

const overview = (vendors) =>
  table(
    ['vendor', 'what it drives', 'protocol'],
    vendors.map(({ name, title, protocol }) => [`[\`${name}\`](#${name})`, title, protocol]),
  );

/** One row for each ability: vendors are many and abilities few. */
const matrix = (vendors, words) =>
  `## What each can do\n\n${table(
    ['', ...vendors.map(({ name }) => name)],
    words.map((word) => [`\`${word}\``, ...vendors.map(({ abilities }) => (abilities.includes(word) ? '●' : ''))]),
  )}`;

const meanings = (abilities) =>
  `${Object.entries(abilities)
    .map(([word, meaning]) => `- \`${word}\`: ${meaning}`)
    .join('\n')}\n`;

function section({ name, title, protocol, endpoint, credentials, abilities, limits, testedAgainst, sources }, words) {
  const missing = words.filter((word) => !abilities.includes(word));
  return `## ${name}

${title}. Protocol: ${protocol}. Endpoint: ${endpoint === undefined ? 'to be given' : endpoint}.

Credentials: ${credentials.map(credential).join(', ')}.

Not supported: ${missing.length === 0 ? 'nothing of the above' : missing.map((word) => `\`${word}\``).join(', ')}.
${limits.map((limit) => `- ${limit}`).join('\n')}

Tested against: ${testedAgainst.join('; ')}.

Facts from: ${sources.join('; ')}.
`;
}

const credential = ({ name, title, required }) => `\`${name}\` (${title}${required ? '' : ', optional'})`;

const table = (head, rows) => `${[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
