import type { ImageQuery } from '../../families/ec2/images.js';

/** Publishers' accounts and naming, from each publisher's own page on its AMIs (Debian wiki Cloud/AmazonEC2Image, Ubuntu on AWS, …). */
export const amazonImages: Readonly<Record<string, ImageQuery>> = {
  'debian-11': { owner: '136693071363', name: { x64: 'debian-11-amd64-*', arm64: 'debian-11-arm64-*' } },
  'debian-12': { owner: '136693071363', name: { x64: 'debian-12-amd64-*', arm64: 'debian-12-arm64-*' } },
  'debian-13': { owner: '136693071363', name: { x64: 'debian-13-amd64-*', arm64: 'debian-13-arm64-*' } },
  'ubuntu-22.04': {
    owner: '099720109477',
    name: {
      x64: 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*',
      arm64: 'ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-arm64-server-*',
    },
  },
  'ubuntu-24.04': {
    owner: '099720109477',
    name: {
      x64: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-amd64-server-*',
      arm64: 'ubuntu/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-*',
    },
  },
  'rocky-8': { owner: '792107900819', name: { x64: 'Rocky-8-EC2-Base-8.*.x86_64*', arm64: 'Rocky-8-EC2-Base-8.*.aarch64*' } },
  'rocky-9': { owner: '792107900819', name: { x64: 'Rocky-9-EC2-Base-9.*.x86_64*', arm64: 'Rocky-9-EC2-Base-9.*.aarch64*' } },
  'alpine-3': {
    owner: '538276064493',
    name: { x64: 'alpine-3.*-x86_64-uefi-cloudinit-*', arm64: 'alpine-3.*-aarch64-uefi-cloudinit-*' },
  },
  'windows-2022': { owner: '801119661308', name: { x64: 'Windows_Server-2022-English-Full-Base-*' } },
};
