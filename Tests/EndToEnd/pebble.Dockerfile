# Pebble, the ACME server that is made for tests, from Debian, with a certificate for its own API.
FROM debian:bookworm-slim
# Any version will do: only tests use it.
# hadolint ignore=DL3008
RUN apt-get update -q && apt-get install -y -q --no-install-recommends pebble curl openssl && rm -rf /var/lib/apt/lists/*
WORKDIR /pebble
RUN openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 30 -subj /CN=pebble-api \
        -keyout ca.key -out ca.pem && \
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj /CN=pebble -keyout leaf.key -out leaf.csr && \
    printf 'subjectAltName=DNS:pebble,DNS:localhost\n' >extensions && \
    openssl x509 -req -in leaf.csr -CA ca.pem -CAkey ca.key -days 30 -extfile extensions -out leaf.pem && \
    printf '%s' '{"pebble":{"listenAddress":"0.0.0.0:14000","managementListenAddress":"0.0.0.0:15000",' \
        '"certificate":"/pebble/leaf.pem","privateKey":"/pebble/leaf.key","httpPort":80,"tlsPort":443,' \
        '"ocspResponderURL":"","externalAccountBindingRequired":false}}' >config.json
VOLUME /pebble
CMD ["pebble", "-config", "/pebble/config.json"]
