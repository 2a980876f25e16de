# One process with its SQLite file in the volume /data; several replicas want PostgreSQL (docs/operating.md).
FROM node:26-slim AS build
WORKDIR /opt/privacy-desk
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY bundle.ts ./
COPY src src
RUN npm run build

FROM node:26-slim
WORKDIR /opt/privacy-desk
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && mkdir /data node_modules/.cache && chown node:node /data node_modules/.cache
COPY manifest.yml .env.example ./
COPY config config
COPY src src
COPY --from=build /opt/privacy-desk/dist dist
USER node
# Compiled once, and kept for whoever runs it: each new container would do it again. Without settings main.js ends once all
# of it is loaded.
RUN ! node --import ./src/compile-cache.js dist/main.js
ENV DATABASE_URL=file:/data/privacy-desk.db
VOLUME /data
EXPOSE 3000
HEALTHCHECK CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=8", "--import", "./src/node-version.js", "--import", "./src/compile-cache.js", "dist/main.js"]
