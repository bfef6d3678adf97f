# A laptop: Debian with what the installer needs, and a service that listens on loopback.
ARG BUILD=osm-router/sample-origin:0.1.0
FROM ${BUILD} AS sample
FROM debian:bookworm-slim
# Any version will do: only tests use it.
# hadolint ignore=DL3008
RUN apt-get update -q && apt-get install -y -q --no-install-recommends ca-certificates curl openssl procps && \
    rm -rf /var/lib/apt/lists/*
COPY --from=sample /usr/local/bin/sample-origin /usr/local/bin/sample-origin
CMD ["sample-origin", "--port", "3000"]
