import type { ImagePattern } from '../../families/nova/images.js';

/** There is no common naming: these cover the names of the publishers' own image files and what operators usually make of them. */
export const openstackImages: Readonly<Record<string, ImagePattern>> = {
  'debian-11': { name: /^debian[ _-]?11\b/i, distro: 'debian', version: /^11\b/ },
  'debian-12': { name: /^debian[ _-]?12\b/i, distro: 'debian', version: /^12\b/ },
  'debian-13': { name: /^debian[ _-]?13\b/i, distro: 'debian', version: /^13\b/ },
  'ubuntu-22.04': { name: /^ubuntu[ _-](server[ _-])?(22\.04|jammy)/i, distro: 'ubuntu', version: /^22\.04/ },
  'ubuntu-24.04': { name: /^ubuntu[ _-](server[ _-])?(24\.04|noble)/i, distro: 'ubuntu', version: /^24\.04/ },
  'rocky-8': { name: /^rocky([ _-]?linux)?[ _-]?8\b/i, distro: 'rocky', version: /^8\b/ },
  'rocky-9': { name: /^rocky([ _-]?linux)?[ _-]?9\b/i, distro: 'rocky', version: /^9\b/ },
  'alpine-3': { name: /^alpine([ _-]?linux)?[ _-]?3\b/i, distro: 'alpine', version: /^3\b/ },
  'windows-2022': { name: /^windows[ _-](server[ _-])?2022\b/i, distro: 'windows', version: /^2022\b/ },
};
