# The whole Agency in one image; which part of it runs is the command:
#   docker run --init --network host cloud-agency                                      everything embedded, as npm start does
#   docker run --init --network host cloud-agency node apps/cli/bin/run-app.js monitor  one app, as npm run start:monitor does
# Without sign-in (AGENCY_AUTH) it listens on a loopback address only, hence the host's network; this needs Linux.
FROM node:20-slim AS build
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
RUN node scripts/prepared.mjs && npm prune --omit=dev

# What runs is bundled (docs/adr/0009): beside the bundles there are only the packages that are not in them, and the files that they read.
FROM node:20-slim
# For probes of kind icmp.
RUN apt-get update && apt-get install -y --no-install-recommends iputils-ping && rm -rf /var/lib/apt/lists/* \
  && mkdir /data && chown node:node /data
WORKDIR /agency
COPY --from=build /agency/node_modules node_modules
COPY --from=build /agency/deploy deploy
COPY data data
COPY package.json LICENSE ./
COPY apps/cli/package.json apps/cli/
COPY apps/cli/bin apps/cli/bin
COPY apps/agency/agent apps/agency/agent
COPY libs/bus/bin libs/bus/bin
COPY --from=build /agency/dist dist

USER node
ENV AGENCY_DATA=/data
VOLUME /data
# Without npm in between, which would be one process more, and another one for signals to pass.
CMD ["node", "apps/cli/bin/agency.js", "up"]
