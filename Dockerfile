# Builds the distribution with Maven and runs it on a Java that has only the modules it needs. MXNet's CPU library is for
# x86_64 alone.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY . .
RUN mvn -B -q -DskipTests package \
  && mkdir /opt/resnet-streams \
  && tar -xzf target/resnet-streams-*-bin.tar.gz -C /opt/resnet-streams --strip-components 1 \
  && rm -r /opt/resnet-streams/lib/macos-x86_64
RUN jlink --add-modules java.se,jdk.unsupported,jdk.crypto.ec,jdk.httpserver,jdk.management,jdk.zipfs \
  --strip-debug --no-header-files --no-man-pages --compress=2 --output /opt/java

FROM debian:bookworm-slim
# MXNet needs OpenMP; the Fortran run time is in its own jar.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/* \
  && useradd --system --uid 10001 resnet-streams \
  && install -d -o resnet-streams /var/cache/resnet-streams
COPY --from=build /opt/java /opt/java
COPY --from=build /opt/resnet-streams /opt/resnet-streams
# The native libraries are unpacked to the cache: with a read-only root it and /tmp have to be writable volumes.
ENV JAVA_HOME=/opt/java RESNET_STREAMS_CACHE=/var/cache/resnet-streams \
  RESNET_STREAMS_METRICS_HOST=0.0.0.0 RESNET_STREAMS_METRICS_PORT=9464
USER 10001
EXPOSE 9464
# For 'run'; the shell asks by itself, so that no HTTP client has to be in the image.
HEALTHCHECK --interval=30s --start-period=60s CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9464 && printf 'GET /health/live HTTP/1.0\\r\\n\\r\\n' >&3 && head -1 <&3 | grep -q ' 200 '"]
ENTRYPOINT ["/opt/resnet-streams/bin/resnet-streams"]
CMD ["run"]
