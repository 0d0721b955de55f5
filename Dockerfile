# Needs no network and no base image: `npm run image` puts all files into dist/rootfs/ first, then
#   docker build -t jaeger-instance-operator .      or      buildah bud -t jaeger-instance-operator .
# makes the image that is in dist/image.tar already: scripts/image.ts reads its config from here.
FROM scratch
COPY dist/rootfs/ /
LABEL org.opencontainers.image.title="jaeger-instance-operator"
LABEL org.opencontainers.image.version="0.1.0"
LABEL org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV="production"
ENV JAEGER_LISTEN_HOST="0.0.0.0"
# Of the container's memory limit. V8's own bound may lie above a small limit, and spans that wait or
# are stored lie outside its heap: they need the other half.
ENV NODE_OPTIONS="--max-old-space-size-percentage=50 --max-semi-space-size=4"
# Buffers of requests and pages come and go. The C library would raise its bound for mapped blocks with
# the first large one that is freed, and keep those below it: a quarter more memory in steady ingest.
ENV MALLOC_MMAP_THRESHOLD_="131072"
# Threads that each keep a part of the C library's memory for themselves keep more than they use.
ENV MALLOC_ARENA_MAX="1"
WORKDIR /app
USER 65532:65532
ENTRYPOINT ["/usr/bin/node", "/app/dist/jaegerctl.js"]
