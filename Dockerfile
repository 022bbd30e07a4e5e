# The lab in a container, on Debian 12:
#   docker build -t digit-vae . && docker run --rm -p 8080:8080 digit-vae      then open http://localhost:8080
#   docker run --rm -v "$PWD:/out" digit-vae make train ARGS="--out /out/weights.bin"
# The stage `packages` has what apt installs, for .devcontainer, which builds in the folder that it is opened in.
FROM debian:12 AS packages
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates git make
WORKDIR /digit-vae
COPY .ci .ci
COPY Makefile package.json package-lock.json ./
COPY web/lab/ui/requirements.txt web/lab/ui/
RUN .ci/install dist native data

FROM packages
COPY . .
RUN make web native
EXPOSE 8080
STOPSIGNAL SIGINT
CMD ["python3", ".ci/serve.py", "build/web", "8080", "0.0.0.0"]
