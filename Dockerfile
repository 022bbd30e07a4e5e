# The lab in a container, on Debian 12:
#   docker build -t digit-vae . && docker run --rm -p 8080:8080 digit-vae      then open http://localhost:8080
#   docker run --rm -v "$PWD:/out" digit-vae make train ARGS="--out /out/weights.bin"
# The stage `packages` has all that .ci/install installs, and no build: .devcontainer uses it.
FROM debian:12 AS packages
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git make
WORKDIR /digit-vae
COPY .ci .ci
COPY Makefile package.json package-lock.json ./
COPY web/lab/requirements.txt web/lab/
RUN .ci/install dist native data

FROM packages
COPY . .
RUN make web native
EXPOSE 8080
CMD ["make", "demo", "ADDRESS=0.0.0.0"]
