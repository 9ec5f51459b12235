# The whole Agency in one image; which part of it runs is the command, by the same entry points as without Docker:
#   docker run --network host cloud-agency                        everything embedded, as npm start does
#   docker run --network host cloud-agency npm run start:monitor  one app
# It listens on a loopback address only (it has no sign-in yet), hence the host's network; this needs Linux.
FROM node:20-slim
# For probes of kind icmp.
RUN apt-get update && apt-get install -y --no-install-recommends iputils-ping && rm -rf /var/lib/apt/lists/*

WORKDIR /agency
# Packages first: they change less often than the sources, and their layer is kept.
COPY package.json package-lock.json .npmrc ./
COPY libs/bus/package.json libs/bus/
COPY libs/errors/package.json libs/errors/
COPY libs/occi/package.json libs/occi/
COPY libs/probes/package.json libs/probes/
COPY libs/runtime/package.json libs/runtime/
COPY libs/sla/package.json libs/sla/
COPY libs/store/package.json libs/store/
COPY apps/agency/package.json apps/agency/
COPY apps/cli/package.json apps/cli/
COPY apps/monitor/package.json apps/monitor/
COPY apps/testbed/package.json apps/testbed/
COPY apps/vendor-agents/package.json apps/vendor-agents/
RUN npm ci --include=dev
COPY . .
RUN node scripts/prepared.mjs && mkdir /data && chown node:node /data

USER node
ENV AGENCY_DATA=/data
VOLUME /data
CMD ["npm", "start"]
