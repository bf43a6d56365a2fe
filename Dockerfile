# Builds the distribution with Maven and adds a Java runtime that has only the required modules. Base images are pinned by
# digest. To use a newer one: docker build --build-arg RUNTIME_IMAGE=debian:bookworm-slim. On arm64 the engine is ONNX
# Runtime, since MXNet has no library there.
ARG BUILD_IMAGE=maven:3.9.11-eclipse-temurin-17@sha256:e4a7ace3dc0d645ed97f8d9ad0b0d3f0b14fa8d150138f27f116d7105a639b82
ARG RUNTIME_IMAGE=debian:bookworm-20260824-slim@sha256:88200866dfff7ea7f5cbcb6ec7c8a701889efe6fe859fe64d6990e4b07ea4171

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/var/cache/maven mvn -B -q -DskipTests -Dmaven.repo.local=/var/cache/maven package \
  && mkdir /opt/resnet-streams \
  && tar -xzf target/resnet-streams-*-bin.tar.gz -C /opt/resnet-streams --strip-components 1 \
  && cd /opt/resnet-streams/lib && rm -r macos-* && case "$(uname -m)" in x86_64) rm -r linux-arm64 ;; *) rm -r linux-x86_64 ;; esac
RUN jlink --add-modules java.se,jdk.unsupported,jdk.crypto.ec,jdk.httpserver,jdk.management,jdk.zipfs \
  --strip-debug --no-header-files --no-man-pages --compress=2 --output /opt/java

FROM ${RUNTIME_IMAGE}
# MXNet needs OpenMP. Its jar contains the Fortran runtime.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* \
  && groupadd --system --gid 10001 resnet-streams \
  && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent resnet-streams \
  && install -d -o 10001 -g 10001 /var/cache/resnet-streams
COPY --from=build /opt/java /opt/java
COPY --from=build /opt/resnet-streams /opt/resnet-streams
# The native libraries are unpacked into the cache. With a read-only root file system, the cache and /tmp must be writable,
# and the cache must allow execution.
ENV JAVA_HOME=/opt/java RESNET_STREAMS_CACHE=/var/cache/resnet-streams \
  RESNET_STREAMS_METRICS_HOST=0.0.0.0 RESNET_STREAMS_METRICS_PORT=9464
WORKDIR /opt/resnet-streams
USER 10001:10001
EXPOSE 9464
# For 'run'. The shell sends the request itself, so that the image needs no HTTP client.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9464 && printf 'GET /health/live HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/opt/resnet-streams/bin/resnet-streams"]
CMD ["run"]
