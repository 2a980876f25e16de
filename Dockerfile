# One process with its SQLite file in the volume /data; several replicas want PostgreSQL (docs/operating.md).
FROM node:26-slim
WORKDIR /opt/privacy-desk
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && mkdir /data && chown node:node /data
COPY manifest.yml .env.example ./
COPY config config
COPY src src
USER node
ENV DATABASE_URL=file:/data/privacy-desk.db
VOLUME /data
EXPOSE 3000
HEALTHCHECK CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--max-semi-space-size=4", "--import", "./src/node-version.js", "--import", "./src/compile-cache.js", "src/main.ts"]
