/** Operating system images by portable name; each vendor profile maps them to its own (CFP.md 1). */
export const portableImages = [
  'debian-11',
  'debian-12',
  'debian-13',
  'ubuntu-22.04',
  'ubuntu-24.04',
  'rocky-8',
  'rocky-9',
  'alpine-3',
  'windows-2022',
] as const;

/** What a machine runs when the call does not say. */
export const defaultImage = 'debian-12';
