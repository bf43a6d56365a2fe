# Builds with Maven, runs on a JRE. MXNet's CPU library is for x86_64 alone.
FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY pom.xml .editorconfig ./
COPY src src
COPY topology topology
RUN mvn -B -q -DskipTests package

FROM eclipse-temurin:17-jre
# MXNet needs OpenMP and a Fortran run time of its own jar; the rest comes with the image.
RUN apt-get update && apt-get install -y --no-install-recommends libgomp1 && rm -rf /var/lib/apt/lists/*
WORKDIR /opt/resnet-streams
COPY resnet-streams ./
COPY topology topology
COPY models models
COPY --from=build /build/target/resnet-streams.jar target/
COPY --from=build /build/target/lib target/lib
RUN useradd --system --create-home resnet-streams
USER resnet-streams
ENTRYPOINT ["/opt/resnet-streams/resnet-streams"]
CMD ["run"]
