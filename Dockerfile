# The programs of eventfold as one image: which one runs is its first parameter.
#
#   docker build --tag eventfold:0.1.0 .
#   docker run eventfold:0.1.0 orders-api            (the default; or gateway, card-gateway-simulator, cli …)
#
# Nothing in it belongs to the user it runs as, except /data, and nothing outside of /data is written: the file system may be
# read-only. docs/guides/run-it-in-containers.md says what it needs to be told.

# The version of Node that runs the tests (the package `node` in package.json).
ARG NODE_IMAGE=node:24.21.0-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
COPY . .
# Of scripts none is needed: they fetch a Node and a PostgreSQL for the tests.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --ignore-scripts --no-audit --no-fund \
    && node scripts/build.ts --programs
WORKDIR /build/dist
# Types, maps and sources of what is installed: nobody compiles in there.
RUN --mount=type=cache,target=/root/.npm \
    npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
    && find node_modules -type f \( -name '*.map' -o -name '*.d.ts' -o -name '*.d.cts' -o -name '*.d.mts' \) -delete \
    && rm -rf node_modules/@types node_modules/effect/src node_modules/effect/ai-docs node_modules/@effect/*/src

FROM ${NODE_IMAGE} AS image
LABEL org.opencontainers.image.title="eventfold" \
      org.opencontainers.image.description="The order service built on eventfold: services, gateway, card gateway simulator, command line" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=3000 \
    LOG_FORMAT=json \
    DATA_DIR=/data/database
WORKDIR /app
COPY --from=build /build/dist ./
# The user `node` of the base image, by number: who runs containers can see that it is not root.
RUN install --directory --owner=1000 --group=1000 --mode=0700 /data
USER 1000:1000
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=6s --start-period=90s --start-interval=1s --retries=3 \
    CMD ["node", "/app/healthcheck.js"]
ENTRYPOINT ["node", "/app/program.js"]
CMD ["orders-api"]
