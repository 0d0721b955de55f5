# The image by a container engine; `npm run image` makes the same without one.
FROM node:26-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/build.ts
RUN mkdir -p /out/app/dist /out/usr/bin /out/etc /out/tmp && chmod 1777 /out/tmp \
  && cp -r dist/jaegerctl.js dist/chunks dist/ui /out/app/dist/ \
  && find /out/app -name '*.map' -delete \
  && cp "$(command -v node)" /out/usr/bin/node \
  && ldd /out/usr/bin/node | grep -o '/[^ ]*' | sort -u | xargs -I{} cp -L --parents {} /out \
  && printf 'root:x:0:0:root:/:/none\njaeger:x:65532:65532:jaeger:/app:/none\n' >/out/etc/passwd \
  && printf 'root:x:0:\njaeger:x:65532:\n' >/out/etc/group

FROM scratch
COPY --from=build /out/ /
WORKDIR /app
ENV NODE_ENV=production JAEGER_LISTEN_HOST=0.0.0.0
USER 65532:65532
ENTRYPOINT ["/usr/bin/node", "/app/dist/jaegerctl.js"]
