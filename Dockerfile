FROM python:3.13-slim AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE ./
COPY messenger_db messenger_db
# The image's migrations are next to yoyo.ini, not in the package: a new one changes only the last layer.
RUN mkdir backfills migrations seeds \
    && python -m venv /opt/messenger-db \
    && /opt/messenger-db/bin/pip install --no-cache-dir .

FROM python:3.13-slim
RUN useradd --system --uid 999 --user-group --no-create-home --shell /usr/sbin/nologin messenger
COPY --from=build /opt/messenger-db /opt/messenger-db
# yoyo logs a user's name, which a uid of the cluster's own choice does not have.
ENV PATH="/opt/messenger-db/bin:$PATH" LOGNAME=messenger
WORKDIR /app
COPY docker-entrypoint.sh yoyo.ini ./
COPY migrations migrations
COPY backfills backfills
# By number, so that Kubernetes can see that it is not root.
USER 999
ENTRYPOINT ["/app/docker-entrypoint.sh"]
CMD ["messenger-db", "status"]
