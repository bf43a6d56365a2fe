# Builds the distribution with Maven and puts it beside a Java that has only the modules it needs. Each base is pinned by its
# digest; to take a newer one: docker build --build-arg RUNTIME_IMAGE=debian:bookworm-slim. MXNet's CPU library is for x86_64
# alone.
ARG BUILD_IMAGE=maven:3.9.11-eclipse-temurin-17@sha256:e4a7ace3dc0d645ed97f8d9ad0b0d3f0b14fa8d150138f27f116d7105a639b82
ARG RUNTIME_IMAGE=debian:bookworm-20260824-slim@sha256:88200866dfff7ea7f5cbcb6ec7c8a701889efe6fe859fe64d6990e4b07ea4171

FROM ${BUILD_IMAGE} AS build
WORKDIR /build
COPY . .
RUN --mount=type=cache,target=/root/.m2 mvn -B -q -DskipTests package \
  && mkdir /opt/resnet-streams \
  && tar -xzf target/resnet-streams-*-bin.tar.gz -C /opt/resnet-streams --strip-components 1 \
  && rm -r /opt/resnet-streams/lib/macos-x86_64
RUN jlink --add-modules java.se,jdk.unsupported,jdk.crypto.ec,jdk.httpserver,jdk.management,jdk.zipfs \
  --strip-debug --no-header-files --no-man-pages --compress=2 --output /opt/java

FROM ${RUNTIME_IMAGE}
# MXNet needs OpenMP; the Fortran run time is in its own jar.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* \
  && groupadd --system --gid 10001 resnet-streams \
  && useradd --system --uid 10001 --gid 10001 --no-create-home --home-dir /nonexistent resnet-streams \
  && install -d -o 10001 -g 10001 /var/cache/resnet-streams
COPY --from=build /opt/java /opt/java
COPY --from=build /opt/resnet-streams /opt/resnet-streams
# The native libraries are unpacked to the cache: with a read-only root it and /tmp have to be writable, and what is in the
# cache executable.
ENV JAVA_HOME=/opt/java RESNET_STREAMS_CACHE=/var/cache/resnet-streams \
  RESNET_STREAMS_METRICS_HOST=0.0.0.0 RESNET_STREAMS_METRICS_PORT=9464
WORKDIR /opt/resnet-streams
USER 10001:10001
EXPOSE 9464
# For 'run'; the shell asks by itself, so that no HTTP client has to be in the image.
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9464 && printf 'GET /health/live HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/opt/resnet-streams/bin/resnet-streams"]
CMD ["run"]
